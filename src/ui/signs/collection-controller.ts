/** The reader's photographs to train on, as the page knows them: read, given classes, removed. */
import type { ReactiveControllerHost } from "lit";
import type { SignSet } from "../../data/sign-atlas.ts";
import { clip, UserError } from "../../errors.ts";
import type { TaskProgress } from "../../studies/port.ts";
import type { PhotoSummary, PictureView } from "../../studies/signs/port.ts";
import type { SignPort } from "../../studies/signs/types.ts";
import type { Connection } from "../shell/connection.ts";

/** Of the photographs, shown with what is found in them. */
const PREVIEWS = 4;
/** What a folder or zip file may have, far below what a tab can hold. */
const MOST_BYTES = 2 ** 30;

export class CollectionController {
  summary: PhotoSummary | null = null;
  /** Some of those that measure, with what is found. */
  previews: readonly PictureView[] = [];
  /** While they are read. */
  progress: TaskProgress | null = null;
  private reading: AbortController | null = null;

  /** @param split which classes they are given, and how they are split */
  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly connection: () => Connection<SignPort>,
    private readonly split: () => { readonly set: SignSet; readonly seed: number },
  ) {}

  /** Looks at what there is. */
  async look(): Promise<void> {
    const { ask } = this.connection();
    const split = this.split();
    this.summary = await ask("photographSummary", split);
    this.host.requestUpdate();
    this.previews = this.summary
      ? await ask("photographPreviews", { ...split, count: PREVIEWS })
      : [];
    this.host.requestUpdate();
  }

  /**
   * Reads a folder's files, or a zip file, in place of what was there.
   * @throws UserError when they are too large, or none of them can be used
   */
  async read(files: readonly File[]): Promise<void> {
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    if (bytes > MOST_BYTES) {
      throw new UserError(
        `${clip(files[0].name)} and what comes with it take ${Math.round(bytes / 2 ** 20)} MiB; at most ${MOST_BYTES / 2 ** 20} are read here. The command line reads more.`,
      );
    }
    this.reading?.abort();
    const { signal } = (this.reading = new AbortController());
    const tell = (progress: TaskProgress | null) => {
      this.progress = progress;
      this.host.requestUpdate();
    };
    tell({ done: 0, secondsLeft: null });
    try {
      const named = await Promise.all(
        files.map(async (file) => ({
          name: file.webkitRelativePath || file.name,
          bytes: new Uint8Array(await file.arrayBuffer()),
        })),
      );
      await this.connection().ask(
        "openPhotographs",
        { files: named },
        { onProgress: tell, signal },
      );
    } finally {
      tell(null);
    }
    await this.look();
  }

  /** Ends the reading; what was there before stays. */
  cancel(): void {
    this.reading?.abort();
  }

  async putAway(): Promise<void> {
    await this.connection().ask("closePhotographs", {});
    await this.look();
  }

  /** Takes a name of the label files for a class; null leaves its boxes out. */
  async classify(name: string, label: number | null): Promise<void> {
    await this.connection().ask("classifyPhotographs", { name, label });
    await this.look();
  }
}
