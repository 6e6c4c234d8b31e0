/** Runs the profiler for the page, keeps its profile and the one to compare with, and saves them. */
import { proxy } from "comlink";
import type { ReactiveControllerHost } from "lit";
import type { TaskProgress } from "../../studies/port.ts";
import type { Profile } from "../../gpu/profile.ts";
import { download } from "../elements/files.ts";
import { wasCancelled } from "../digits/lab-controller.ts";

export type ProfileFormat = "json" | "csv" | "trace";

/** An engine that can be profiled, behind its port. */
interface Profiled {
  readonly engine: {
    profile(recipe: unknown, tell: (progress: TaskProgress) => void): Promise<Profile>;
    cancelProfile(): Promise<void>;
    shaderSources(): Promise<ReadonlyMap<string, string>>;
  };
}

export class ProfileController {
  profile: Profile | null = null;
  /** Read from a file, to compare with. */
  saved: Profile | null = null;
  progress: TaskProgress | null = null;
  /** The shaders' WGSL by name, which the engine has; loaded when first wanted. */
  sources: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly client: () => Profiled | null,
    private readonly onError: (error: unknown) => void,
    /** In the names of files. */
    private readonly study = "digits",
  ) {}

  async run(recipe: unknown): Promise<void> {
    const client = this.client();
    if (this.progress) return;
    try {
      if (!client) throw new Error("Profiling needs WebGPU: what is shown here is a recording.");
      if (!recipe) throw new Error("The settings have errors: mend them first.");
      this.set({ done: 0, secondsLeft: null });
      await this.loadSources();
      const tell = (progress: TaskProgress) => this.progress && this.set(progress);
      this.profile = await client.engine.profile(recipe, proxy(tell));
    } catch (error) {
      if (!wasCancelled(error)) this.onError(error);
    } finally {
      this.set(null);
    }
  }

  async cancel(): Promise<void> {
    await this.client()?.engine.cancelProfile();
  }

  /** Takes a saved profile to compare with. @throws UserError when the file is none */
  async compare(text: string, name: string): Promise<void> {
    const { readProfile } = await import("../../gpu/profile-file.ts");
    this.saved = readProfile(text, name);
    await this.loadSources();
    this.host.requestUpdate();
  }

  private async loadSources(): Promise<void> {
    this.sources = (await this.client()?.engine.shaderSources()) ?? this.sources;
  }

  async export(format: ProfileFormat): Promise<void> {
    const { profile } = this;
    if (!profile) return;
    const { profileCsv, profileJson } = await import("../../gpu/profile-file.ts");
    const { chromeTrace } = await import("../../gpu/chrome-trace.ts");
    const name = `badnets-profile-${this.study}`;
    if (format === "csv") download(`${name}.csv`, profileCsv(profile), "text/csv");
    else if (format === "json") download(`${name}.json`, profileJson(profile), "application/json");
    else download(`${name}-trace.json`, chromeTrace(profile), "application/json");
  }

  private set(progress: TaskProgress | null): void {
    this.progress = progress;
    this.host.requestUpdate();
  }
}
