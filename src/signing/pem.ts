/** PEM (RFC 7468): keys and certificates as text, among whatever other text a file has. */
import { fromBase64, toBase64 } from "../data/base64.ts";
import { UserError } from "../errors.ts";

export interface PemBlock {
  /** "PUBLIC KEY" */
  readonly label: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * All blocks of a text, in order; what stands between them is not looked at.
 * @param name of the file, for messages
 * @throws UserError where a block is damaged
 */
export function readPem(text: string, name: string): PemBlock[] {
  return text
    .split("-----BEGIN ")
    .map((part) => /^([A-Z0-9 ]+)-----(.*?)-----END \1-----/s.exec(part))
    .filter((match) => match !== null)
    .map(([, label, body]) => {
      // Old forms put headers before the content: "Proc-Type: 4,ENCRYPTED".
      if (body.includes("ENCRYPTED"))
        return { label: `ENCRYPTED ${label}`, bytes: new Uint8Array() };
      const bytes = fromBase64(body.replaceAll(/\s+/g, ""));
      if (bytes && bytes.length > 0) return { label, bytes };
      throw new UserError(`${name} is damaged: what it holds as ${label} is not base64.`);
    });
}

/** One block, as OpenSSL writes it: 64 letters a line. */
export function writePem({ label, bytes }: PemBlock): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
