/** What the page asks of the engine; whatever fails is told, and nothing else changes. */
import type { EngineClient } from "../../engine/client.ts";
import { type StepUnit, isActive } from "../../studies/port.ts";
import { type RunView } from "../../studies/digits/port.ts";
import type { DigitRecipe } from "../../studies/digits/recipe.ts";
import type { Download } from "../digits/download-bar.ts";
import { download } from "../elements/files.ts";

export class Commands {
  constructor(
    /** What there is, and what there will be once the engine has opened; null where it cannot. */
    private readonly client: () => EngineClient | null,
    private readonly opened: () => Promise<EngineClient | null>,
    /** Told of what went wrong. */
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Does something that may fail for reasons the reader should hear of. @returns whether it did not */
  async attempt(action: (client: EngineClient) => Promise<unknown>): Promise<boolean> {
    try {
      const client = await this.opened();
      if (!client) throw new Error("This needs WebGPU: what is shown here is a recording.");
      await action(client);
      return true;
    } catch (error) {
      this.onError(error);
      return false;
    }
  }

  private get run(): RunView | null {
    return this.client()?.snapshot.run ?? null;
  }

  async start(
    recipe: DigitRecipe,
    how: { paused?: boolean; restart?: boolean } = {},
  ): Promise<boolean> {
    return await this.attempt(async ({ engine }) => await engine.start(recipe, how));
  }

  async pause(): Promise<void> {
    await this.attempt(async ({ engine }) => await engine.pause());
  }

  async resume(): Promise<void> {
    await this.attempt(async ({ engine }) => await engine.resume());
  }

  async stop(): Promise<void> {
    await this.attempt(async ({ engine }) => await engine.stop());
  }

  async rewind(step: number): Promise<void> {
    await this.attempt(async ({ engine }) => await engine.rewind(step));
  }

  async setPace(stepsPerSecond: number | null): Promise<void> {
    await this.attempt(async ({ engine }) => await engine.setPace(stepsPerSecond));
  }

  /** One unit further; where nothing runs, a run of `recipe` begins for it. */
  async step(unit: StepUnit, recipe: DigitRecipe | null): Promise<void> {
    await this.attempt(async ({ engine }) => {
      const { run } = this;
      if (!run || !isActive(run.phase)) {
        if (!recipe) throw new Error("The settings have errors: mend them first, then step.");
        await engine.start(recipe, { paused: true });
      }
      await engine.step(unit);
    });
  }

  async download(what: Download): Promise<void> {
    const { run } = this;
    const policy = run?.recipe.attack?.policy.kind ?? "honest";
    const name = `badnets-digits-${policy}-${run?.keptStep ?? 0}`;
    await this.attempt(async ({ engine }) => {
      if (what === "checkpoint") {
        download(`${name}.safetensors`, await engine.checkpoint(), "application/octet-stream");
      } else if (what === "model") {
        const bytes = await engine.modelFile();
        download(`${name}-model.safetensors`, bytes, "application/octet-stream");
      } else if (what === "result") {
        const text = `${JSON.stringify(await engine.result(), null, 1)}\n`;
        download(`${name}.json`, text, "application/json");
      } else {
        download(`${name}.csv`, await engine.curves(), "text/csv");
      }
    });
  }
}
