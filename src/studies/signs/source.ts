/** The sign study's data in the worker: the signs' artwork, and photographs of the reader's. */
import type { NamedBytes } from "../../data/digits.ts";
import type { SignAtlas } from "../../data/sign-atlas.ts";
import { UserError } from "../../errors.ts";
import type { TaskProgress } from "../port.ts";
import type { StudyHost, StudySource } from "../study.ts";
import { fetchAtlas } from "./atlas-file.ts";
import type { Reproducers } from "../reproduction/questions.ts";
import { Reproducer } from "../reproduction/reproducer.ts";
import type { SignCollection } from "./collection.ts";
import { reproducibleSigns } from "./paper/reproducible.ts";
import { reproducibleTransfer } from "./transfer/reproducible.ts";

export class SignSource implements StudySource<object> {
  loading: string | null = null;
  /** To train on; null where there are none. */
  photographs: SignCollection | null = null;
  private atlas: Promise<SignAtlas> | null = null;
  private arrived = false;
  private opening: AbortController | null = null;

  /** Runs the tables and figures of the paper. */
  readonly reproducers: Reproducers;

  constructor(private readonly host: StudyHost) {
    const base = () => host.base;
    const artwork = async () => await this.artwork();
    this.reproducers = {
      signs: new Reproducer(host, reproducibleSigns(base, artwork)),
      transfer: new Reproducer(host, reproducibleTransfer(base, artwork)),
    };
  }

  /** URL of the app's folder. */
  get base(): string {
    return this.host.base;
  }

  /** Fetches the artwork. */
  async load(): Promise<void> {
    this.setLoading("Fetching the artwork of the signs");
    try {
      this.atlas = fetchAtlas(this.host.base);
      await this.atlas;
      this.arrived = true;
    } finally {
      this.setLoading(null);
    }
    this.host.renew();
  }

  /** @throws UserError before it is being fetched, or where it could not be */
  async artwork(): Promise<SignAtlas> {
    if (!this.atlas)
      throw new UserError("The artwork of the signs is not there yet: wait a moment.");
    return await this.atlas;
  }

  /**
   * Reads photographs to train on, in place of any before: a zip file, or a folder's files by their paths.
   * @throws UserError when there is no photograph that can be used; Cancelled when `signal` says so
   */
  async openPhotographs(
    files: readonly NamedBytes[],
    onProgress: (progress: TaskProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    this.opening?.abort();
    this.opening = new AbortController();
    const either = AbortSignal.any([signal, this.opening.signal]);
    // What reads archives and labels is large, and needed by few.
    const { SignCollection } = await import("./collection.ts");
    this.photographs = await SignCollection.read(files, onProgress, either);
  }

  closePhotographs(): void {
    this.photographs = null;
  }

  get ready(): boolean {
    return this.arrived;
  }

  view(): object {
    return {};
  }

  private setLoading(text: string | null): void {
    this.loading = text;
    this.host.changed();
  }
}
