/** Runs the profiler for the page, keeps its profile and the one to compare with, and saves them. */
import type { ReactiveControllerHost } from "lit";
import type { Profile } from "../../gpu/profile.ts";
import type { TaskProgress } from "../../studies/port.ts";
import { download } from "../elements/files.ts";
import type { Connection } from "./connection.ts";
import { wasCancelled } from "./errors.ts";

export type ProfileFormat = "json" | "csv" | "trace";

export class ProfileController {
  profile: Profile | null = null;
  /** Read from a file, to compare with. */
  saved: Profile | null = null;
  progress: TaskProgress | null = null;
  /** The shaders' WGSL by name, which the engine has; loaded when first wanted. */
  sources: ReadonlyMap<string, string> = new Map();
  private running: AbortController | null = null;
  private wanted = false;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly connection: () => Pick<Connection<any>, "client" | "askCommon">,
    private readonly onError: (error: unknown) => void,
  ) {}

  async run(recipe: object | null): Promise<void> {
    if (this.running) return;
    const { signal } = (this.running = new AbortController());
    try {
      if (!recipe) throw new Error("The settings have errors: fix them first.");
      this.set({ done: 0, secondsLeft: null });
      await this.loadSources();
      const onProgress = (progress: TaskProgress) => this.running && this.set(progress);
      this.profile = await this.connection().askCommon(
        "profile",
        { recipe },
        { onProgress, signal },
      );
    } catch (error) {
      if (!wasCancelled(error)) this.onError(error);
    } finally {
      this.running = null;
      this.set(null);
    }
  }

  cancel(): void {
    this.running?.abort();
  }

  /** Takes a saved profile to compare with. @throws UserError when the file is none */
  async compare(text: string, name: string): Promise<void> {
    const { readProfile } = await import("../../gpu/profile-file.ts");
    this.saved = readProfile(text, name);
    this.host.requestUpdate();
    // Without an engine there is no WGSL to show beside it.
    if (this.connection().client) await this.loadSources();
    this.host.requestUpdate();
  }

  /** Fetches the sources for whoever reads them without measuring, once there is an engine. */
  async wantSources(): Promise<void> {
    if (this.sources.size > 0 || this.wanted || !this.connection().client) return;
    this.wanted = true;
    try {
      await this.loadSources();
    } catch (error) {
      if (!wasCancelled(error)) this.onError(error);
    } finally {
      this.wanted = false;
      this.host.requestUpdate();
    }
  }

  private async loadSources(): Promise<void> {
    if (this.sources.size === 0) this.sources = await this.connection().askCommon("shaders", {});
  }

  /** @param study in the names of files */
  async export(format: ProfileFormat, study: string): Promise<void> {
    const { profile } = this;
    if (!profile) return;
    const { profileCsv, profileJson } = await import("../../gpu/profile-file.ts");
    const { chromeTrace } = await import("../../gpu/chrome-trace.ts");
    const name = `badnets-profile-${study}`;
    if (format === "csv") download(`${name}.csv`, profileCsv(profile), "text/csv");
    else if (format === "json") download(`${name}.json`, profileJson(profile), "application/json");
    else download(`${name}-trace.json`, chromeTrace(profile), "application/json");
  }

  private set(progress: TaskProgress | null): void {
    this.progress = progress;
    this.host.requestUpdate();
  }
}
