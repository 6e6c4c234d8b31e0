/** How the command line ends, in processes of its own: closed and full outputs, signals, kills, and two at once. */
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCheckpoint } from "../../src/files/checkpoint.ts";
import { digitNet } from "../../src/models/digit-net.ts";
import { dataFolder, fewDigits } from "./few-digits.ts";
import { badnets, BIN } from "./spawned.ts";

const root = mkdtempSync(join(tmpdir(), "badnets-ends-"));
const at = (...parts: string[]) => join(root, ...parts);
beforeAll(async () => void dataFolder(at("digits"), await fewDigits()));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A line for bash, in which $badnets is the command line. */
function bash(line: string) {
  const env = { ...process.env, badnets: `${process.execPath} ${BIN}` };
  const { status, stdout, stderr } = spawnSync("bash", ["-c", line], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const RECIPE =
  "digits --data digits --batch 16 --rate 0.03 --seed 7 --trigger none --adapter swiftshader";
/** Six steps. */
const SHORT = `${RECIPE} --epochs 0.4`;
/** More than anybody waits for. */
const LONG = `${RECIPE} --epochs 10000`;

const stateIn = async (folder: string) =>
  (await decodeCheckpoint(digitNet, readFileSync(at(folder, "checkpoint.safetensors")), folder))
    .state;

describe("standard output", () => {
  it("that is full, closed or read by nobody ends with a message and status 1", () => {
    for (const [redirected, message] of [
      ["> /dev/full", "cannot write to standard output: the disk is full."],
      [">&-", "Standard output is closed, so that the result is lost"],
    ]) {
      const { status, stderr } = bash(`$badnets --help ${redirected}`);
      expect([status, stderr]).toEqual([1, expect.stringContaining(`badnets: ${message}`)]);
    }
    const unread = bash("(sleep 0; $badnets --help; echo $? >&2) | exec true");
    expect(unread.stderr).toMatch(/standard output: nobody reads it any more\.\n1\n$/);
  });

  it("that is full takes no file along, and can be closed where a file has the result", () => {
    const full = bash(`$badnets ${SHORT} --json full.json > /dev/full`);
    expect([full.status, full.stderr]).toEqual([1, expect.stringContaining("the disk is full.\n")]);
    expect(JSON.parse(readFileSync(at("full.json"), "utf8"))).toMatchObject({
      format: "badnets-result",
    });
    const closed = bash(`$badnets ${SHORT} --json closed.json >&-`);
    expect(closed.status).toBe(0);
    expect(existsSync(at("closed.json"))).toBe(true);
  });

  it("and what a shell substitutes for a command take a result as a file does", () => {
    const { status, stdout } = bash(
      `$badnets ${SHORT} --json >(cat > copy.json) > both.txt; s=$?; wait; sleep 1; exit $s`,
    );
    expect([status, stdout]).toEqual([0, ""]);
    const copy = JSON.parse(readFileSync(at("copy.json"), "utf8")) as { parametersSha256: string };
    const whole = bash(`$badnets ${SHORT} --json /dev/stdout > all.txt`);
    expect(whole.status).toBe(0);
    const all = readFileSync(at("all.txt"), "utf8");
    // The figures first, then the result behind them.
    expect(all).toMatch(/^digit +clean error/);
    const json = JSON.parse(all.slice(all.indexOf("\n{") + 1)) as { parametersSha256: string };
    expect(json.parametersSha256).toBe(copy.parametersSha256);
  });
});

describe("a run", () => {
  it("whose words nobody reads any more is saved, as by Ctrl-C", async () => {
    const { stdout } = bash(`($badnets ${LONG} --out unread; echo $? > status) 2>&1 | head -1`);
    expect(stdout).toBe("Honest network\n");
    expect(readFileSync(at("status"), "utf8")).toBe("130\n");
    const { step } = await stateIn("unread");
    expect(step >= 15 && step < 150_000).toBe(true);
    expect(readdirSync(at("unread"))).toEqual(["checkpoint.safetensors"]);
  });

  it("whose terminal is closed is saved, as by Ctrl-C", async () => {
    const { status, stderr } = await badnets(
      [...LONG.split(" "), "--out", "hung up"],
      root,
      once(/epoch 1 of/, (child) => child.kill("SIGHUP")),
    );
    expect(status).toBe(130);
    expect(stderr).toContain("Stopped after step");
    expect((await stateIn("hung up")).step).toBeGreaterThanOrEqual(15);
  });

  it("has its folder to itself until it ends; killed, it is one process and leaves the folder to the next", async () => {
    let refused = null as ReturnType<typeof bash> | null;
    const killed = await badnets(
      [...LONG.split(" "), "--out", "one"],
      root,
      once(/epoch 1 of/, (child) => {
        refused = bash("$badnets digits --data digits --resume --out one");
        // What it was writing.
        writeFileSync(
          at("one", `.badnets-${child.pid}-00000000-0000-4000-8000-000000000000.tmp`),
          "half",
        );
        child.kill("SIGKILL");
      }),
    );
    expect(killed.status).toBe(null);
    expect(refused!.status).toBe(1);
    expect(refused!.stderr).toMatch(
      /^badnets: one is in use by another run \(process \d+ on .+\): wait for its end/,
    );
    expect(readdirSync(at("one"))).toHaveLength(3);
    const { step } = await stateIn("one");
    const again = await badnets(
      "digits --data digits --resume --out one".split(" "),
      root,
      once(/epoch \d+ of/, (child) => child.kill("SIGINT")),
    );
    expect(again.status).toBe(130);
    expect((await stateIn("one")).step).toBeGreaterThan(step);
    expect(readdirSync(at("one"))).toEqual(["checkpoint.safetensors"]);
  });
});

describe("a run whose folder", () => {
  it("goes away trains on, and writes when it is there again", async () => {
    let step = 0;
    const { status, stderr } = await badnets(
      [...RECIPE.split(" "), "--epochs", "12", "--out", "gone"],
      root,
      (text) => {
        if (step === 0 && text.includes("epoch 2 of")) {
          step = 1;
          // The run may be writing into it at this moment.
          rmSync(at("gone"), { recursive: true, maxRetries: 20 });
          writeFileSync(at("gone"), "in its place");
        } else if (step === 1 && text.includes("The work goes on")) {
          step = 2;
          rmSync(at("gone"));
          mkdirSync(at("gone"));
        }
      },
    );
    expect([status, step]).toEqual([0, 2]);
    expect(stderr).toMatch(
      /cannot write gone\/checkpoint\.safetensors: (a part of the path is a file|it, or a folder .*not exist).*\. The work goes on/,
    );
    expect(stderr).toContain("gone/checkpoint.safetensors could be written again.");
    expect((await stateIn("gone")).step).toBe(180);
    expect(readdirSync(at("gone")).toSorted()).toEqual(["checkpoint.safetensors", "result.json"]);
  });

  it("takes no more is told of plainly in the end, and so are all the figures", () => {
    // Of files at most 1 MB, where a checkpoint has 2.
    const { status, stdout, stderr } = bash(
      `ulimit -f 1000; $badnets ${RECIPE} --epochs 2 --out small`,
    );
    expect(status).toBe(1);
    expect(stdout).toContain("clean accuracy");
    expect(stderr.match(/The work goes on/g)).toHaveLength(1);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^badnets: cannot write small\/checkpoint\.safetensors: it is larger than files may be here/,
    );
    expect(readdirSync(at("small"))).toEqual(["result.json"]);
  });
});

describe("too little memory", () => {
  it("is told of in a sentence", () => {
    const { status, stderr } = bash(`ulimit -v 8000000; $badnets ${SHORT}`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^badnets: [^\n]*memory[^\n]*\n$/);
  });
});

describe("SwiftShader", () => {
  it("that cannot be unpacked is told of in a sentence", () => {
    const { status, stderr } = bash(
      `TMPDIR='${at("no such folder")}' $badnets devices --adapter swiftshader`,
    );
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^badnets: cannot unpack swiftshader.*set TMPDIR to a folder/),
    ]);
    mkdirSync(at("small folder"));
    const full = bash(
      `ulimit -f 1000; TMPDIR='${at("small folder")}' $badnets devices --adapter swiftshader`,
    );
    expect([full.status, full.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^badnets: cannot unpack swiftshader.*: it is larger than files may be here; make room/,
      ),
    ]);
  });
});

/** Does something once, when what is said matches. */
function once(
  pattern: RegExp,
  then: (child: ReturnType<typeof spawn>) => void,
): Parameters<typeof badnets>[2] {
  let done = false;
  return (text, child) => {
    if (done || !pattern.test(text)) return;
    done = true;
    then(child);
  };
}
