/**
 * Every save of a run, with a fault at each call to the file system: the file holds one state whole, and the run that
 * goes on from it ends in the same bits.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PatientFiles } from "../../src/node/patient-files.ts";
import type { RunEvaluation, RunState } from "../../src/training/run.ts";
import type { StepTrainer } from "../../src/training/step-trainer.ts";
import { faults, FaultyFiles, type Fault } from "../node/faulty-files.ts";
import {
  bits,
  detectorRun,
  Devices,
  digitRun,
  record,
  stateAtStart,
  type Subject,
} from "./small-runs.ts";

const devices = new Devices();
afterAll(() => devices.close());

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "badnets-saved-"))));
afterEach(() => rmSync(dir, { recursive: true }));

function ofAnyKind<T extends StepTrainer, E extends RunEvaluation>(subject: Subject<T, E>) {
  const { name, task, encode, decode } = subject;

  describe(`the saved states of a run ${name}`, () => {
    /** The file at each save of an undisturbed run, and what that ends in. */
    let saves: Uint8Array<ArrayBuffer>[];
    let expected: ReturnType<typeof bits>;
    let origin: RunState<E>;
    beforeAll(async () => {
      origin = await stateAtStart(devices.lend, task);
      const { run, events } = record(devices.lend, task, origin);
      expected = bits((await run.run()).state);
      saves = await Promise.all(events.states.map(encode));
      expect(saves.length).toBeGreaterThan(2);
    });

    /** The number of the state that the file holds; -1: there is no file. */
    const held = (path: string) => {
      if (!existsSync(path)) return -1;
      const content = readFileSync(path);
      const number = saves.findIndex((bytes) => content.equals(bytes));
      expect(number).not.toBe(-1);
      return number;
    };

    /** Saves all states into a folder of its own, with one fault. @returns the number of calls */
    async function saveAll(fault: Fault, at: number): Promise<number> {
      const path = join(dir, "state");
      rmSync(path, { force: true });
      const layer = new FaultyFiles(fault, at);
      const notices: string[] = [];
      const files = new PatientFiles((text) => notices.push(text), layer);
      for (const [number, bytes] of saves.entries()) {
        await files.write(path, bytes);
        // The new one, or while there is no other, the old one.
        expect([number - 1, number]).toContain(held(path));
        if (layer.dead) break;
        if (files.pending(path) === undefined) expect(held(path)).toBe(number);
      }
      if (layer.dead) {
        resumable.add(held(path));
        // The next run saves as if nothing had been, and leaves nothing behind.
        await new PatientFiles(() => undefined).write(path, saves.at(-1)!);
      } else {
        await files.settle();
        // Told once that it failed, and once that it works again.
        if (notices.length > 0) expect(notices[0]).toMatch(/the disk .*\. The work goes on/);
        expect(notices.slice(1).every((text) => text.endsWith("could be written again."))).toBe(
          true,
        );
        expect(notices.length).toBeLessThanOrEqual(2);
      }
      expect(held(path)).toBe(saves.length - 1);
      expect(readdirSync(dir)).toEqual(["state"]);
      return layer.calls.length;
    }

    const resumable = new Set<number>();

    it.each(faults)("are whole at any moment, whatever call meets %s", async (fault) => {
      const calls = await saveAll(fault, Infinity);
      expect(calls).toBe(12 * saves.length);
      for (let at = 0; at < calls; at++) await saveAll(fault, at);
    });

    it("outlive a power cut right after each save", async () => {
      const path = join(dir, "state");
      for (const [number, bytes] of saves.entries()) {
        const layer = new FaultyFiles("power, names lost", Infinity);
        await new PatientFiles(() => undefined, layer).write(path, bytes);
        layer.cutPower();
        expect(held(path)).toBe(number);
      }
    });

    it("each lead to the same bits as the run that nothing met", async () => {
      const numbers = [...resumable].sort((a, b) => a - b);
      expect(numbers).toEqual([-1, ...saves.keys()]);
      for (const number of numbers) {
        const state = number < 0 ? origin : await decode(saves[number]);
        const { run } = record(devices.lend, task, state);
        expect(bits((await run.run()).state)).toEqual(expected);
      }
    });
  });
}

ofAnyKind(digitRun());
ofAnyKind(detectorRun());
