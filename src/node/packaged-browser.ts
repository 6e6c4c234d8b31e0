/** A Chromium with SwiftShader, unpacked from an npm package: WebGPU where nothing is installed. */
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { access, lstat, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { chromium, type Browser } from "playwright-core";
import { extract, type Headers } from "tar-fs";
import { UserError } from "../errors.ts";
import { reasonOf } from "./write-output.ts";

/** Where the package keeps its brotli files, and which version they are. */
interface Package {
  bin: string;
  version: string;
}

export interface LaunchOptions {
  /** Command line arguments beside the usual ones, such as `--disable-gpu-process-crash-limit`. */
  arguments?: readonly string[];
}

/** WebGPU and WebGL on SwiftShader, as root if need be, and no word to anybody else. */
const chromiumArguments = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan,WebGPU",
  "--use-angle=swiftshader",
  "--ignore-gpu-blocklist",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

/**
 * Unpacks the packaged Chromium, unless this user's cache folder has it already.
 *
 * @returns `executable`, the headless shell with SwiftShader beside it, and `libraries`, the folder
 *   of the system libraries it needs, to be put on LD_LIBRARY_PATH.
 * @throws UserError on anything but Linux on x64, and if the cache folder belongs to somebody else.
 */
export async function unpackChromium(): Promise<{ executable: string; libraries: string }> {
  const { bin, version } = packagedChromium();
  const folder = await unpackOnce(
    `chromium-${version}`,
    ["chromium", "libvk_swiftshader.so", "lib/libnss3.so", "fonts.conf"],
    async (fresh) => {
      await Promise.all([
        unbrotli(
          join(bin, "chromium.br"),
          createWriteStream(join(fresh, "chromium"), { mode: 0o700 }),
        ),
        ...["swiftshader", "al2023", "fonts"].map((name) => untar(bin, name, fresh)),
      ]);
      await writeFile(join(fresh, "fonts.conf"), fontsConfiguration);
    },
  );
  return { executable: join(folder, "chromium"), libraries: join(folder, "lib") };
}

/**
 * Unpacks SwiftShader alone, for WebGPU in Node.
 *
 * @returns The folder of `vk_swiftshader_icd.json` and `libvulkan.so.1`: the former goes into
 *   VK_ICD_FILENAMES, the folder on LD_LIBRARY_PATH, both before Node starts.
 * @throws UserError on anything but Linux on x64, and if the cache folder belongs to somebody else.
 */
export async function unpackSwiftShader(): Promise<string> {
  const { bin, version } = packagedChromium();
  return unpackOnce(
    `swiftshader-${version}`,
    ["vk_swiftshader_icd.json", "libvk_swiftshader.so", "libvulkan.so.1"],
    (fresh) => untar(bin, "swiftshader", fresh),
  );
}

/**
 * Starts the packaged Chromium, headless, with SwiftShader as its WebGPU adapter.
 * It reaches nothing but this machine's own localhost. Whoever starts it closes it.
 *
 * @throws UserError as `unpackChromium` does.
 */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const { executable, libraries } = await unpackChromium();
  return chromium.launch({
    executablePath: executable,
    headless: true,
    args: [...chromiumArguments, ...(options.arguments ?? [])],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
      FONTCONFIG_FILE: join(dirname(executable), "fonts.conf"),
    },
  });
}

/** The packaged fonts only, so that a page looks the same on every machine. */
const fontsConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** Finds the package's files, or says on which machines there are none. */
function packagedChromium(): Package {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new UserError(
      `no packaged browser for ${process.platform}-${process.arch}: ` +
        "it exists for linux-x64 only; use a browser of your own",
    );
  }
  const require = createRequire(import.meta.url);
  // The entry is build/cjs/index.cjs; package.json itself is not among the package's exports.
  const root = dirname(dirname(dirname(require.resolve("@sparticuz/chromium"))));
  const manifest: { version: string } = require(join(root, "package.json"));
  return { bin: join(root, "bin"), version: manifest.version };
}

/**
 * Makes sure that the cache holds a folder `name` with all `expected` files and returns its path.
 * Processes may race: each fills a folder of its own, and a rename, which is atomic, decides.
 * @throws UserError where there is no room for it
 */
async function unpackOnce(
  name: string,
  expected: readonly string[],
  fill: (fresh: string) => Promise<void>,
): Promise<string> {
  try {
    return await unpackInto(await cacheFolder(), name, expected, fill);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `cannot unpack ${name} into ${tmpdir()}: ${reasonOf(error)}; make room there, or set TMPDIR to a folder ` +
        "of your own with 250 MB to spare.",
      { cause: error },
    );
  }
}

async function unpackInto(
  cache: string,
  name: string,
  expected: readonly string[],
  fill: (fresh: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name);
  const complete = () => existAll(expected.map((file) => join(folder, file)));
  if (await complete()) return folder;

  const fresh = join(cache, `${name}.${randomUUID()}`);
  try {
    await mkdir(fresh);
    await fill(fresh);
    try {
      await rename(fresh, folder);
    } catch (error) {
      // A folder that is not empty stands in the way: somebody else's copy, or, if files are
      // missing, one that a cleaner of temporary files has been through. The latter makes room.
      if (!isCode(error, "ENOTEMPTY", "EEXIST")) throw error;
      if (!(await complete())) {
        await rm(folder, { recursive: true, force: true });
        await rename(fresh, folder);
      }
    }
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** This user's own folder among the temporary files: what lies there will be executed. */
async function cacheFolder(): Promise<string> {
  const uid = process.getuid!();
  const folder = join(tmpdir(), `badnets-lab-${uid}`);
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (!isCode(error, "EEXIST")) throw error;
  });
  const status = await lstat(folder);
  if (!status.isDirectory() || status.uid !== uid || (status.mode & 0o022) !== 0) {
    throw new UserError(
      `the cache folder ${folder} is not a folder that only you can write to: ` +
        "remove it, or set TMPDIR to a folder of your own",
    );
  }
  return folder;
}

/** Unpacks the archive `name`.tar.br in folder `bin` into the folder `target`. */
function untar(bin: string, name: string, target: string): Promise<void> {
  return unbrotli(join(bin, `${name}.tar.br`), extract(target, { map: ownedByRoot }));
}

/** As root, tar-fs would give a file to whichever user here has the packager's number. */
function ownedByRoot(header: Headers): Headers {
  return { ...header, uid: 0, gid: 0 };
}

/** Decompresses a file into a stream and waits until the stream has taken all of it. */
function unbrotli(file: string, target: NodeJS.WritableStream): Promise<void> {
  return pipeline(createReadStream(file), createBrotliDecompress(), target);
}

async function existAll(files: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
