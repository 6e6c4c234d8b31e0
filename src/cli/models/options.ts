/** The options of `badnets models`, which of them each command has a use for, and its help. */
import { describeOptions, type OptionSpec } from "../shared/options.ts";

export const options: OptionSpec = {
  key: {
    type: "string",
    value: "FILE",
    help: "sign: the private key; verify: the signer's public key; both PEM, ECDSA on P-256, P-384 or P-521",
  },
  certificate: {
    type: "string",
    value: "FILE",
    help: "sign: the key's certificate in PEM, followed by those between it and a root",
  },
  signature: {
    type: "string",
    value: "FILE",
    help: "sign: where the signature goes (default: model.sig in the folder, or beside the file NAME.sig)",
  },
  against: {
    type: "string",
    value: "FILE",
    help: "verify: a signature, a SHA256SUMS or a result.json (default: the signature where sign puts it, else SHA256SUMS)",
  },
  root: { type: "string", value: "FILE", help: "verify: root certificates that you trust, in PEM" },
  sigstore: {
    type: "string",
    value: "FILE",
    help: "verify: Sigstore's trusted_root.json; nothing is fetched",
  },
  identity: {
    type: "string",
    value: "NAME",
    help: "verify: who must have signed through Sigstore",
  },
  issuer: { type: "string", value: "URL", help: "verify: and which provider must vouch for that" },
  at: {
    type: "string",
    value: "DATE",
    help: "verify: day on which certificates must be valid, such as 2026-05-15 (default: today)",
  },
  ignore: {
    type: "string",
    value: "PATH,...",
    help: "sign, verify, digest: files and folders of the model that do not count",
  },
  "ignore-unsigned": { type: "boolean", help: "verify: files that were not signed may be there" },
  curve: { type: "string", value: "P-256|P-384|P-521", help: "key: its curve (default: P-256)" },
  result: {
    type: "string",
    value: "FILE",
    help: "bom: the result that was measured (default: result.json beside the model, if it is there)",
  },
  data: {
    type: "string",
    value: "DIR",
    help: "reproduce: the four idx files that it was trained on; import: those that it is measured on (default: MNIST)",
  },
  out: {
    type: "string",
    value: "FILE",
    help: "key: the private key, its public half goes beside it as FILE.pub; digest, bom, import, export: the file to write",
  },
  to: { type: "string", value: "onnx|safetensors", help: "export: the format" },
  input: {
    type: "string",
    value: "CxHxW",
    help: "import: channels, height and width of the images, where the file leaves them open",
  },
  mean: {
    type: "string",
    value: "N,...",
    help: "import: what the network expects to be taken from pixels, for all channels or for each (default: 0)",
  },
  std: {
    type: "string",
    value: "N,...",
    help: "import: and what they are divided by (default: 1)",
  },
  pixels: {
    type: "string",
    value: "1|255",
    help: "import: white, in the numbers that it expects, and that mean and std are in (default: 1)",
  },
  layers: {
    type: "string",
    value: "FILE",
    help: "import: the table of layers of a file of weights alone (default: guessed from their shapes)",
  },
  "save-layers": {
    type: "string",
    value: "FILE",
    help: "import: writes that table here, to be edited",
  },
  json: {
    type: "string",
    value: "FILE",
    help: "verify, inspect, reproduce, import: write what came out here, too",
  },
};

/** Options that each command has a use for. */
export const useful: Readonly<Record<string, readonly string[]>> = {
  key: ["curve", "out"],
  sign: ["key", "certificate", "signature", "ignore"],
  verify: [
    "key",
    "against",
    "root",
    "sigstore",
    "identity",
    "issuer",
    "at",
    "ignore",
    "ignore-unsigned",
    "json",
  ],
  inspect: ["json"],
  digest: ["ignore", "out"],
  bom: ["result", "out"],
  reproduce: ["data", "json", "adapter"],
  import: [
    "input",
    "mean",
    "std",
    "pixels",
    "layers",
    "save-layers",
    "data",
    "out",
    "json",
    "adapter",
  ],
  export: ["to", "out"],
};

export const help = [
  "badnets models: where a model came from, and whether it is what its author published",
  "",
  "  badnets models key --out FILE     make a key to sign with",
  "  badnets models sign MODEL         sign a model: a file, or a folder with all that is in it",
  "  badnets models verify MODEL       check it against a signature, a list of digests or a result",
  "  badnets models inspect FILE       what a signature or a model says of itself, unchecked",
  "  badnets models digest MODEL       the SHA-256 of its files, as sha256sum writes them",
  "  badnets models bom MODEL          a bill of materials (CycloneDX 1.7)",
  "  badnets models reproduce MODEL    train again from the recipe in it, and compare",
  "  badnets models import FILE        read a network of another tool: .onnx, or .safetensors of PyTorch",
  "  badnets models export MODEL       write a network for other tools",
  "",
  ...describeOptions(options),
  "",
  "Signatures are OpenSSF Model Signing 1.0, as other tools write and read them. verify ends with status 0",
  "where the files are those of a signer whom you named (or of a list that nobody signed), and with 1 where",
  "anything is wrong or nobody was named. It says who published a model, not that it has no backdoor.",
  "",
  "Examples:",
  "  badnets models key --out signer.pem",
  "  badnets models sign runs/7-1 --key signer.pem",
  "  badnets models verify runs/7-1 --key signer.pem.pub",
  "  badnets models verify model --root ca.pem --at 2026-05-15",
  "  badnets models digest runs/7-1 --out runs/7-1/SHA256SUMS",
  "  badnets models import net.onnx --mean 0.1307 --std 0.3081 --out net.safetensors",
  "  badnets models export runs/7-1 --to onnx --out digits.onnx",
];
