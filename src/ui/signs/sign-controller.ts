/** What the page of street signs shows of the detector on view: scenes, feature maps, and the reader's photographs. */
import type { ReactiveControllerHost } from "lit";
import { squareSticker, stickerText } from "../../backdoor/own-sticker.ts";
import { checkPhotoBytes } from "../../data/photo-limits.ts";
import { OWN_PICTURE, stickerOf } from "../../data/sticker.ts";
import { pastedInto, type Picture } from "../../data/picture.ts";
import { UserError } from "../../errors.ts";
import type { NeuronScale } from "../../inspection/neurons.ts";
import { isBusy } from "../../studies/port.ts";
import type { MapsView, PictureView } from "../../studies/signs/port.ts";
import { attackOf } from "../../studies/signs/recipe.ts";
import type { Worn } from "../../studies/signs/looking.ts";
import type { StickerGoal } from "../../studies/signs/sticker-questions.ts";
import type { SignPort } from "../../studies/signs/types.ts";
import { cut, readAnew, shifted, tileAround } from "../../training/tiles.ts";
import type { Connection } from "../shell/connection.ts";
import { LookController } from "../shell/look-controller.ts";
import type { AskSweep } from "./sticker-heat-map.ts";
import type { AskChannels, AskCurve } from "./sticker-channels.ts";
import type { Dress } from "./sticker-photograph.ts";
import type { SignView } from "./address.ts";

/** Scenes on view at a time. */
export const SHEET = 6;
/** Scenes whose signs show how channels answer the sticker. */
const CHANNEL_SCENES = 100;
/** Scenes that each point of a curve is measured on. */
const CURVE_SCENES = 40;
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
  /** Channels that are changed for every look. */
  private scaled: readonly NeuronScale[] = [];
  /** Pixels of the longest side at which photographs are read; null: what they need. */
  private detail: number | null = null;
  /** The detector that they are of. */
  private of = -1;
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
    if (subject && subject.id !== this.of) {
      this.of = subject.id;
      this.scaled = [];
    }
    this.detail = view.detail === "auto" ? null : Number(view.detail);
    const seen = ["scenes", "maps", "photographs"].includes(view.tab);
    // In the middle of a step the pictures stay as they are.
    if (!subject?.ready || !seen || (run?.stepping?.cursor ?? 0) > 0) return;
    const { tab, scene, set, seed } = view;
    const changed = JSON.stringify([this.scaled, this.worn(view)]);
    this.looking.update({
      request: view,
      key: `${tab} ${tab === "photographs" ? `${set} ${seed} ${view.detail}` : scene} ${changed}`,
      version: `${subject.id} ${subject.version}`,
      training: run !== null && isBusy(run.phase),
    });
  }

  /** Changes channels of the detector on view, in place of those before. */
  scale(scaled: readonly NeuronScale[]): void {
    this.scaled = scaled;
    this.host.requestUpdate();
  }

  /** What signs wear: the sticker of the form, where it has one, else that of the detector on view. */
  worn(view: SignView): Worn & StickerGoal {
    const { wear, picture } = view;
    const own = this.connection().client?.snapshot.subject?.recipe.attack ?? null;
    if (view.attack === "none" && own) {
      return { ...attackOf(own), wear, picture: own.picture };
    }
    const single = view.attack !== "random-target";
    const { size, place } = view;
    return {
      // What is not drawn yet cannot be worn.
      wear: view.sticker === "own" && picture === null ? "nothing" : wear,
      sticker: stickerOf(view.sticker, { size, place: single ? place : null }),
      picture: view.sticker === "own" ? picture : null,
      source: single ? view.source : null,
      target: single ? view.target : null,
    };
  }

  private async look(view: SignView): Promise<void> {
    const { ask } = this.connection();
    const { tab, scene } = view;
    const { scaled } = this;
    const look = { worn: this.worn(view), scaled };
    if (tab === "scenes") {
      this.scenes = await ask("scenes", { ...look, first: scene, count: SHEET });
    } else if (tab === "maps") this.maps = await ask("maps", { ...look, scene });
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
    const asked = { picture, detail: this.detail, scaled: this.scaled };
    const { found, step, reading } = await this.connection().ask("detect", asked);
    const pixels = new Uint8ClampedArray(data);
    return { width, height, pixels, truth: [], found, step, reading };
  };

  /** Asks how the channels of the backbone's last layer answer the sticker. */
  channels(view: SignView): AskChannels {
    return async (asking) => {
      const worn = this.shownSticker(view);
      return await this.connection().ask("channels", { count: CHANNEL_SCENES, worn }, asking);
    };
  }

  /** Asks what is left when the first channels of a ranking are scaled. */
  channelCurve(view: SignView): AskCurve {
    return async (ranking, factor, asking) => {
      const asked = { ranking, factor, count: CURVE_SCENES, worn: this.shownSticker(view) };
      return await this.connection().ask("channelCurve", asked, asking);
    };
  }

  /** Asks what the sticker does elsewhere, and in other sizes. */
  sweep(view: SignView): AskSweep {
    return async (variants, scenes, asking) => {
      const worn = this.shownSticker(view);
      const asked = { variants: variants(worn.sticker), scenes, worn };
      return await this.connection().ask("stickerSweep", asked, asking);
    };
  }

  /** @throws UserError where it is the reader's own, and there is none yet */
  private shownSticker(view: SignView): StickerGoal {
    const worn = this.worn(view);
    if (worn.sticker.picture !== OWN_PICTURE || worn.picture !== null) return worn;
    throw new UserError("There is no sticker of your own yet: draw one, or open a picture.");
  }

  /** Finds signs in a photograph with the sticker on one of them, around which it is read anew. */
  dressing({ picture, view: before }: GivenPicture, view: SignView): Dress {
    return async (sign, place) => {
      const { scaled } = this;
      const { sticker, picture: own } = this.worn(view);
      const worn = { sticker: { ...sticker, place }, picture: own };
      const tile = tileAround(sign.box);
      const around = cut(picture, tile);
      const within = { ...sign, box: shifted(sign.box, -around.x, -around.y) };
      const asked = { picture: around.picture, sign: within, worn, scaled };
      const { pasted, found, step } = await this.connection().ask("detectWithSticker", asked);
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

  /**
   * Makes a sticker of a picture.
   * @returns see SignAttackRecipe
   * @throws UserError for what is no picture, too large, damaged, or transparent all over
   */
  async sticker(file: File): Promise<string> {
    const picture = stickerText(squareSticker(await this.read(file)));
    if (picture !== null) return picture;
    throw new UserError(
      `${file.name} is transparent all over: choose a picture that shows something.`,
    );
  }

  /** Puts a photograph on view. @throws UserError for what is no picture, too large or damaged */
  async give(file: File): Promise<void> {
    const { name } = file;
    const picture = await this.read(file);
    const view = await this.see(picture);
    this.given = [{ name, picture, view }, ...this.given].slice(0, MOST_PHOTOGRAPHS);
    this.host.requestUpdate();
  }

  private async read(file: File): Promise<Picture> {
    const { name } = file;
    checkPhotoBytes(file.size, name);
    const bytes = new Uint8Array(await file.arrayBuffer());
    return await this.connection().ask("photograph", { name, bytes });
  }

  remove(given: GivenPicture): void {
    this.given = this.given.filter((one) => one !== given);
    this.host.requestUpdate();
  }
}
