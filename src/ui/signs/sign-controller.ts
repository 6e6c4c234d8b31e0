/** What the sign study's page knows: its engine, the scenes on view, and the reader's photographs. */
import { proxy } from "comlink";
import type { ReactiveControllerHost } from "lit";
import { clip, UserError } from "../../errors.ts";
import { checkPhotoBytes } from "../../data/photo-limits.ts";
import type { Picture } from "../../data/picture.ts";
import type { Kept } from "../../engine/checkpoint-store.ts";
import { openSignClient, type SignClient } from "../../engine/sign-client.ts";
import type { TaskProgress } from "../../studies/port.ts";
import type {
  MapsView,
  PhotoSummary,
  PictureView,
  SignSnapshot,
} from "../../studies/signs/port.ts";
import { SnapshotClient } from "../../engine/snapshot-client.ts";
import type { SignRecipe } from "../../studies/signs/recipe.ts";
import { appFolder } from "../../trusted.ts";
import type { Problem } from "../shell/gpu-advice.ts";
import { wasCancelled } from "../digits/lab-controller.ts";
import type { Message } from "../shell/notice-list.ts";
import type { SignViewState } from "../view-state.ts";

/** Scenes on view at a time. */
export const SHEET = 6;
/** Of the photographs to train on. */
const PREVIEWS = 4;
/** What a folder or zip file may have, far below what a tab can hold. */
const MOST_BYTES = 2 ** 30;
/** Photographs on view at most; older ones go. */
const MOST_PHOTOGRAPHS = 12;

/** A photograph of the reader's, with what was found in it. */
export interface GivenPicture {
  readonly name: string;
  readonly picture: Picture;
  readonly view: PictureView;
}

export class SignController {
  client: SignClient | null = null;
  /** Why there is no engine. */
  trouble: { readonly problem: Problem; readonly message: string } | null = null;
  scenes: readonly PictureView[] = [];
  maps: { readonly picture: PictureView; readonly layers: readonly MapsView[] } | null = null;
  /** Newest first. */
  given: readonly GivenPicture[] = [];
  /** Photographs to train on, and some of them with what is found. */
  photos: PhotoSummary | null = null;
  previews: readonly PictureView[] = [];
  /** While they are read. */
  reading: TaskProgress | null = null;
  /** A run that the browser keeps from before. */
  kept: Kept | null = null;
  resuming = false;
  errors: readonly Message[] = [];
  private opening: Promise<void> | null = null;
  private asking = false;
  /** What is on view, or asked for, as a key. */
  private shown = "";
  private shownScene = -1;

  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly view: () => SignViewState,
  ) {}

  get snapshot(): SignSnapshot | null {
    return this.client?.snapshot ?? null;
  }

  /** Opens the engine, once. */
  async open(): Promise<void> {
    this.opening ??= this.start();
    await this.opening;
  }

  private async start(): Promise<void> {
    try {
      const opened = await openSignClient();
      if (!(opened instanceof SnapshotClient)) {
        this.trouble = opened;
        this.host.requestUpdate();
        return;
      }
      this.client = opened;
      opened.subscribe(() => {
        void this.refresh();
        this.host.requestUpdate();
      });
      this.host.requestUpdate();
      await this.attempt(async ({ engine }) => {
        const [kept] = await Promise.all([engine.kept(), engine.load(appFolder().href)]);
        this.kept = kept;
        this.host.requestUpdate();
      });
    } catch (error) {
      this.trouble = { problem: "broken", message: String(error) };
      this.host.requestUpdate();
    }
  }

  /** Does something that may fail for reasons the reader should hear of. @returns whether it did not */
  async attempt(action: (client: SignClient) => Promise<unknown>): Promise<boolean> {
    try {
      if (!this.client) throw new Error("The detector needs WebGPU, which this browser lacks.");
      await action(this.client);
      return true;
    } catch (error) {
      if (!wasCancelled(error)) this.fail(error);
      return false;
    }
  }

  /** Tells what went wrong. */
  fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.errors = [{ key: `error ${performance.now()}`, kind: "error", text }];
    this.host.requestUpdate();
  }

  /** Goes on with the kept run. @returns its recipe; null when that failed */
  async resumeKept(): Promise<SignRecipe | null> {
    let recipe: SignRecipe | null = null;
    this.resuming = true;
    await this.attempt(async ({ engine }) => {
      recipe = await engine.resumeKept();
      this.kept = null;
    });
    this.resuming = false;
    this.host.requestUpdate();
    return recipe;
  }

  async discardKept(): Promise<void> {
    this.kept = null;
    await this.attempt(async ({ engine }) => await engine.discardKept());
    this.host.requestUpdate();
  }

  /** Looks again where the detector, or what is looked at, has changed; one question at a time. */
  async refresh(): Promise<void> {
    const { client, snapshot } = this;
    const subject = snapshot?.subject;
    if (!client || !subject || this.asking) return;
    // In the middle of a step the pictures stay as they are.
    if ((snapshot.run?.stepping?.cursor ?? 0) > 0) return;
    const { look: what, scene } = this.view();
    if (what !== "scenes" && what !== "maps" && what !== "photographs") return;
    const key = `${what} ${scene} ${subject.version}`;
    if (key === this.shown) return;
    this.asking = true;
    this.shown = key;
    const soon = this.scenes.length === 0 || this.shownScene !== scene;
    this.shownScene = scene;
    try {
      const { engine } = client;
      if (what === "scenes") this.scenes = await engine.scenes(scene, SHEET, soon);
      else if (what === "maps") this.maps = await engine.maps(scene, soon || !this.maps);
      else await this.lookAgain();
    } catch (error) {
      this.fail(error);
    } finally {
      this.asking = false;
      this.host.requestUpdate();
    }
    await this.refresh();
  }

  private async lookAgain(): Promise<void> {
    for (const { name, picture } of this.given) {
      const view = await this.see(picture);
      this.given = this.given.map((one) =>
        one.picture === picture ? { name, picture, view } : one,
      );
      this.host.requestUpdate();
    }
    await this.lookAtPhotos();
  }

  /** What is there of the photographs to train on, with the classes of the chosen set. */
  private async lookAtPhotos(): Promise<void> {
    const { set, seed } = this.view();
    const { engine } = this.client!;
    this.photos = await engine.photoSummary(set, Number(seed) || 0);
    this.host.requestUpdate();
    this.previews = this.photos ? await engine.photoPreviews(set, Number(seed) || 0, PREVIEWS) : [];
    this.host.requestUpdate();
  }

  /** Reads a folder's files, or a zip file, to train on. */
  async importPhotos(files: readonly File[]): Promise<void> {
    await this.attempt(async ({ engine }) => {
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      if (bytes > MOST_BYTES) {
        throw new UserError(
          `${clip(files[0].name)} and what comes with it take ${Math.round(bytes / 2 ** 20)} MiB; at most ${MOST_BYTES / 2 ** 20} are read here. The command line reads more.`,
        );
      }
      const tell = (progress: TaskProgress | null) => {
        this.reading = progress;
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
        await engine.importPhotos(named, proxy(tell));
      } finally {
        tell(null);
      }
      await this.lookAtPhotos();
    });
  }

  /** Ends the reading; what was there before stays. */
  async cancelImport(): Promise<void> {
    await this.attempt(async ({ engine }) => await engine.cancelImport());
  }

  async forgetPhotos(): Promise<void> {
    await this.attempt(async ({ engine }) => {
      await engine.forgetPhotos();
      await this.lookAtPhotos();
    });
  }

  async setClass(name: string, label: number | null): Promise<void> {
    await this.attempt(async ({ engine }) => {
      await engine.setClass(name, label);
      await this.lookAtPhotos();
    });
  }

  /** Finds signs in a picture. */
  async see(picture: Picture): Promise<PictureView> {
    const { width, height, data } = picture;
    const { found, step } = await this.client!.engine.detect(picture);
    const pixels = new Uint8ClampedArray(data);
    return { width, height, pixels, truth: [], found, step };
  }

  /** Puts a photograph on view. @throws UserError for what is no picture, too large or damaged */
  async give(file: File): Promise<void> {
    const { name } = file;
    checkPhotoBytes(file.size, name);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const picture = await this.client!.engine.photograph({ name, bytes });
    const view = await this.see(picture);
    this.given = [{ name, picture, view }, ...this.given].slice(0, MOST_PHOTOGRAPHS);
    this.host.requestUpdate();
  }

  remove(given: GivenPicture): void {
    this.given = this.given.filter((one) => one !== given);
    this.host.requestUpdate();
  }
}
