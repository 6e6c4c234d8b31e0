/** What the page of street signs shows of the detector on view: scenes, feature maps, and the reader's photographs. */
import type { ReactiveControllerHost } from "lit";
import { checkPhotoBytes } from "../../data/photo-limits.ts";
import { stickerOf } from "../../data/sticker.ts";
import { pastedInto, type Picture } from "../../data/picture.ts";
import { isBusy } from "../../studies/port.ts";
import type { MapsView, PictureView } from "../../studies/signs/port.ts";
import { attackOf } from "../../studies/signs/recipe.ts";
import type { Worn } from "../../studies/signs/questions.ts";
import type { SignPort } from "../../studies/signs/types.ts";
import { cut, readAnew, shifted, tileAround } from "../../training/tiles.ts";
import type { Connection } from "../shell/connection.ts";
import { LookController } from "../shell/look-controller.ts";
import type { MeasureChannels } from "./sticker-channels.ts";
import type { Dress } from "./sticker-photograph.ts";
import type { SignView } from "./address.ts";

/** Scenes on view at a time. */
export const SHEET = 6;
/** Scenes whose signs show how channels answer the sticker. */
const CHANNEL_SCENES = 100;
/** Photographs on view at most; older ones go. */
const MOST_PHOTOGRAPHS = 12;

/** A photograph of the reader's, with what was found in it. */
export interface GivenPicture {
  readonly name: string;
  readonly picture: Picture;
  readonly view: PictureView;
}

export class SignController {
  scenes: readonly PictureView[] = [];
  maps: { readonly picture: PictureView; readonly layers: readonly MapsView[] } | null = null;
  /** Newest first. */
  given: readonly GivenPicture[] = [];
  private readonly looking: LookController<SignView>;

  /** @param lookAtCollection looks again at the photographs to train on */
  constructor(
    private readonly host: Pick<ReactiveControllerHost, "requestUpdate">,
    private readonly connection: () => Connection<SignPort>,
    private readonly lookAtCollection: () => Promise<void>,
    onError: (error: unknown) => void,
  ) {
    this.looking = new LookController(
      { leastMilliseconds: 300, share: 0.04 },
      async (view) => await this.look(view),
      onError,
    );
  }

  /** Tells what is to be seen; called with each update of the host. */
  update(view: SignView): void {
    const { subject = null, run = null } = this.connection().client?.snapshot ?? {};
    const seen = ["scenes", "maps", "photographs"].includes(view.tab);
    // In the middle of a step the pictures stay as they are.
    if (!subject?.ready || !seen || (run?.stepping?.cursor ?? 0) > 0) return;
    const { tab, scene, set, seed } = view;
    const worn = JSON.stringify(this.worn(view));
    this.looking.update({
      request: view,
      key: tab === "photographs" ? `${tab} ${set} ${seed}` : `${tab} ${scene} ${worn}`,
      version: `${subject.id} ${subject.version}`,
      training: run !== null && isBusy(run.phase),
    });
  }

  /** What signs wear: the sticker of the attack on view, and of an honest detector that of the form. */
  private worn(view: SignView): Worn {
    const attack = this.connection().client?.snapshot.subject?.recipe.attack ?? null;
    const { sticker, source } = attack
      ? attackOf(attack)
      : { sticker: stickerOf(view.sticker), source: view.source };
    return { wear: view.wear, sticker, source };
  }

  private async look(view: SignView): Promise<void> {
    const { ask } = this.connection();
    const { tab, scene } = view;
    const worn = this.worn(view);
    if (tab === "scenes") this.scenes = await ask("scenes", { first: scene, count: SHEET, worn });
    else if (tab === "maps") this.maps = await ask("maps", { scene, worn });
    else await this.lookAgain();
    this.host.requestUpdate();
  }

  private async lookAgain(): Promise<void> {
    for (const { name, picture } of this.given) {
      const view = await this.see(picture);
      this.given = this.given.map((one) =>
        one.picture === picture ? { name, picture, view } : one,
      );
      this.host.requestUpdate();
    }
    await this.lookAtCollection();
  }

  /** Finds signs in a picture. */
  readonly see = async (picture: Picture): Promise<PictureView> => {
    const { width, height, data } = picture;
    const { found, step } = await this.connection().ask("detect", { picture, detail: null });
    return { width, height, pixels: new Uint8ClampedArray(data), truth: [], found, step };
  };

  /** Measures how the channels of the backbone's last layer answer the sticker. */
  channels(view: SignView): MeasureChannels {
    return async (onProgress, signal) => {
      const { sticker, source } = this.worn(view);
      const args = { count: CHANNEL_SCENES, worn: { sticker, source } };
      return await this.connection().ask("channels", args, { onProgress, signal });
    };
  }

  /** Finds signs in a photograph with the sticker on one of them, around which it is read anew. */
  dressing({ picture, view: before }: GivenPicture, view: SignView): Dress {
    return async (sign, place) => {
      const sticker = { ...this.worn(view).sticker, place };
      const tile = tileAround(sign.box);
      const around = cut(picture, tile);
      const { pasted, found, step } = await this.connection().ask("detectWithSticker", {
        picture: around.picture,
        sign: { ...sign, box: shifted(sign.box, -around.x, -around.y) },
        sticker,
      });
      const anew = found.map((one) => ({ ...one, box: shifted(one.box, around.x, around.y) }));
      const { width, height, data } = pastedInto(picture, pasted, around);
      return {
        width,
        height,
        pixels: new Uint8ClampedArray(data),
        truth: [],
        found: readAnew(before.found, { tile, found: anew }, picture),
        step,
      };
    };
  }

  /** Puts a photograph on view. @throws UserError for what is no picture, too large or damaged */
  async give(file: File): Promise<void> {
    const { name } = file;
    checkPhotoBytes(file.size, name);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const picture = await this.connection().ask("photograph", { name, bytes });
    const view = await this.see(picture);
    this.given = [{ name, picture, view }, ...this.given].slice(0, MOST_PHOTOGRAPHS);
    this.host.requestUpdate();
  }

  remove(given: GivenPicture): void {
    this.given = this.given.filter((one) => one !== given);
    this.host.requestUpdate();
  }
}
