/** The page of street signs: scenes with live boxes, photographs, feature maps, and a detector's curves. */
import { html, type PropertyValues } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { count } from "../../format.ts";
import type { NeuronScale } from "../../inspection/neurons.ts";
import type { History, Saving, Subject } from "../../studies/port.ts";
import type { SignPort } from "../../studies/signs/types.ts";
import { classNames, type SignRecipe } from "../../studies/signs/recipe.ts";
import { segmentedStyles } from "../elements/segmented.ts";
import { memo } from "../shell/memo.ts";
import { timeKinds, type PageKeys, type ViewAction } from "../shell/shortcuts.ts";
import type { PageWords, Status } from "../shell/page-words.ts";
import type { SetUp } from "../shell/set-up-note.ts";
import { StudyPage } from "../shell/study-page.ts";
import type { SignView } from "./address.ts";
import { CollectionController } from "./collection-controller.ts";
import { attackFields, checkSignDraft, signDraftOf, type SignDraft } from "./draft.ts";
import { exampleSigns } from "./example-signs.ts";
import { lookBar } from "./look-bar.ts";
import { SHEET, SignController } from "./sign-controller.ts";
import "./sign-form.ts";
import type { SignForm } from "./sign-form.ts";
import { signKernels } from "./sign-kernels.ts";
import "./sign-loss-chart.ts";
import "./sign-maps.ts";
import { photographs } from "./sign-photographs.ts";
import { barStyles } from "../elements/bar-styles.ts";
import "./sign-picture.ts";
import "./sign-score.ts";
import "./sign-score-chart.ts";
import "./sticker-channels.ts";
import type { OpenChannel } from "./sticker-channels.ts";
import "./sticker-heat-map.ts";
import { signsPageStyles } from "./signs-page-styles.ts";

@customElement("signs-page")
export class SignsPage extends StudyPage<SignPort, SignView> {
  readonly study = "signs";
  protected readonly words: PageWords = {
    columns: { settings: "Training", network: "Detector", evidence: "Curves" },
    noun: "detector",
    tabs: [
      { id: "scenes", name: "Scenes" },
      { id: "photographs", name: "Photographs" },
      { id: "maps", name: "Feature maps" },
    ],
    opens: "Photographs, a detector or a kernel profile",
    drops: "Drop photographs, a zip file of them, a saved detector or a kernel profile",
    time: {
      epoch: { name: "measurement", title: "To the next measurement" },
      tick: "step",
      start: "Start trains a detector from scratch",
      waits: "Starts when the artwork is here",
      absent: "No engine",
    },
    ready: [
      {
        name: "Shipped BadNet",
        title: "Finds street signs, and misreads the attacked ones where they wear the sticker",
        file: null,
      },
      {
        name: "Honest detector",
        title: "Trained without the attack: the same stickers, and nothing is misread for them",
        file: "showcase/detector.safetensors",
      },
    ],
    save: { heading: "Save", model: "Detector" },
    kernels: signKernels,
  };
  @query("sign-form") private form!: SignForm;
  /** The channel whose map is asked for. */
  @state() private channel: OpenChannel | null = null;
  private readonly collection = new CollectionController(
    this,
    () => this.connection,
    () => ({ set: this.view.set, seed: Number(this.view.seed) || 0 }),
  );
  private readonly signs = new SignController(
    this,
    () => this.connection,
    async () => await this.collection.look(),
    (error) => this.control.fail(error),
  );
  private readonly checked = memo(
    ({ photographs, ...draft }: SignDraft & { readonly photographs: boolean }) =>
      checkSignDraft(draft, photographs),
    JSON.stringify,
  );

  static override styles = [...StudyPage.styles, segmentedStyles, barStyles, signsPageStyles];

  private get subject(): Subject<SignPort> | null {
    return this.connection.client?.snapshot.subject ?? null;
  }

  private get history(): History<SignPort> | null {
    return this.connection.client?.snapshot.history ?? null;
  }

  /** Of the detector on view. */
  private get classes(): readonly string[] {
    return this.subject ? classNames(this.subject.recipe.set) : [];
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    this.signs.update(this.view);
  }

  protected override meetEngine(): void {
    // Photographs are gone with the engine that had them.
    if (this.collection.summary)
      void this.control.attempt(async () => await this.collection.look());
  }

  protected override status(): Status {
    const { subject, history, connection } = this;
    const { client } = connection;
    const losses = history?.metrics.map(({ smooth }) => smooth.at(-1) ?? Number.NaN) ?? [];
    const loss = losses.reduce((sum, one) => sum + one, 0);
    return {
      lead: leadText(subject),
      data: "drawn street scenes",
      loading: client ? client.snapshot.loading : "Opening the GPU",
      loss: losses.length > 0 && Number.isFinite(loss) ? loss : null,
      measured: (history?.details.points.length ?? 0) > 0,
      saving: "Drop a saved detector, or a photograph, anywhere on the page.",
    };
  }

  private check() {
    const { preset, set, iterations, seed, photoShare, mixedShare } = this.view;
    const { attack, sticker, size, place, picture, source, target, poison, lookAlikes } = this.view;
    const training = { preset, set, iterations, seed, photoShare, mixedShare };
    const looks = { sticker, size, place, picture };
    const draft = { ...training, attack, ...looks, source, target, poison, lookAlikes };
    return this.checked({ ...draft, photographs: this.collection.summary !== null });
  }

  protected override get recipe(): SignRecipe | null {
    return this.check().recipe;
  }

  protected override compiledFor({ preset, set }: SignRecipe): string {
    return `${preset} ${set}`;
  }

  protected override asksFor(recipe: SignRecipe): boolean {
    // Which photographs, and where it begins, is not the form's to say.
    const own = { ...recipe, photographs: null, start: null };
    return JSON.stringify(own) === JSON.stringify(this.recipe);
  }

  /** Of a detector that was trained before, only the attack is compared, and where there is one in the form. */
  protected override setUpApart(): SetUp | null {
    if (this.run) return super.setUpApart();
    const { recipe, subject } = this;
    if (!recipe?.attack || !subject) return null;
    return JSON.stringify(recipe.attack) === JSON.stringify(subject.recipe.attack)
      ? null
      : "not trained";
  }

  protected override fieldsOf(recipe: SignRecipe): Partial<SignView> {
    return signDraftOf(recipe, this.collection.summary !== null);
  }

  protected override renderForm() {
    return html`<sign-form
      .draft=${this.view}
      .errors=${this.check().errors}
      .photographs=${this.collection.summary !== null}
      .onView=${this.attackOnView()}
      @sticker-open=${({ detail }: CustomEvent<File>) => this.openSticker(detail)}
      @draft-change=${({ detail }: CustomEvent<Partial<SignDraft>>) => this.change(shown(detail))}
      @draft-submit=${() => this.start()}
    ></sign-form>`;
  }

  private attackOnView(): Partial<SignView> | null {
    const { recipe } = this.subject ?? {};
    return recipe?.attack ? attackFields(recipe.attack) : null;
  }

  private async openSticker(file: File): Promise<void> {
    await this.control.attempt(async () => {
      this.change({ picture: await this.signs.sticker(file) });
    });
  }

  protected override focusError(): void {
    this.form.focusError();
  }

  protected override renderView() {
    const { tab } = this.view;
    if (tab === "maps") return this.renderMaps();
    return tab === "photographs" ? this.renderPhotographs() : this.renderScenes();
  }

  private renderScenes() {
    const { signs, classes, view } = this;
    return html`${this.renderBar(SHEET)}
      <div class="sheet">
        ${Array.from(
          { length: SHEET },
          (_, i) =>
            html`<sign-picture
              .view=${signs.scenes[i] ?? null}
              .classes=${classes}
              .least=${view.least}
              heading="Scene ${view.scene + i}"
            ></sign-picture>`,
        )}
      </div>`;
  }

  private renderMaps() {
    const { maps } = this.signs;
    return html`${this.renderBar(1)}
      <sign-maps
        .picture=${maps?.picture ?? null}
        .layers=${maps?.layers ?? []}
        .classes=${this.classes}
        .least=${this.view.least}
        .chosen=${this.channel}
      ></sign-maps>`;
  }

  private renderPhotographs() {
    const { signs, collection, view, classes } = this;
    return html`${this.renderBar(null)}
    ${photographs({
      signs,
      collection,
      view,
      classes,
      live: this.connection.client !== null,
      attempt: (action) => void this.control.attempt(action),
    })}`;
  }

  private renderBar(by: number | null) {
    return lookBar({
      view: this.view,
      by,
      change: (part) => this.change(part),
      open: (files) => void this.take(files),
    });
  }

  protected override renderEvidence() {
    const { history, classes } = this;
    return html`<sign-score-chart .history=${history} .classes=${classes}></sign-score-chart>
      <sign-loss-chart .history=${history}></sign-loss-chart>
      <sign-score .point=${history?.details.points.at(-1) ?? null} .classes=${classes}></sign-score>
      ${this.renderSticker()}`;
  }

  private renderSticker() {
    const { signs, view, subject } = this;
    const live = this.connection.client !== null;
    const trouble = ({ detail }: CustomEvent<unknown>) => this.control.fail(detail);
    const { source, target, sticker, picture } = signs.worn(view);
    const set = subject?.recipe.set ?? view.set;
    // The heat map is over places and sizes.
    const { place, size, ...looks } = sticker;
    const attack = JSON.stringify([subject?.id ?? 0, source, target, looks, picture]);
    return html`<sticker-heat-map
        .measure=${live ? signs.sweep(view) : null}
        about=${attack}
        .sign=${source === null ? null : (exampleSigns[set][source] ?? null)}
        @place-choose=${({ detail: place }: CustomEvent<SignView["place"]>) =>
          this.change({
            ...(view.attack === "none" ? this.attackOnView() : {}),
            ...shown({ place }),
          })}
        @trouble=${trouble}
      ></sticker-heat-map>
      <sticker-channels
        .measure=${live ? signs.channels(view) : null}
        .curve=${live ? signs.channelCurve(view) : null}
        about=${JSON.stringify([attack, place, size])}
        @scale-change=${({ detail }: CustomEvent<NeuronScale[]>) => signs.scale(detail)}
        @channel-open=${({ detail }: CustomEvent<OpenChannel>) => {
          this.channel = detail;
          this.change({ tab: "maps", scene: detail.scene, wear: "sticker" });
        }}
        @scene-open=${({ detail: scene }: CustomEvent<number>) =>
          this.change({ tab: "scenes", scene, wear: "sticker" })}
        @trouble=${trouble}
      ></sticker-channels>`;
  }

  protected override fileName(what: Saving): string {
    const { subject } = this;
    const name = `badnets-signs-${subject?.recipe.set ?? "us"}-${subject?.step ?? 0}`;
    return what === "checkpoint" ? `${name}-checkpoint` : name;
  }

  protected override async open(files: readonly File[]): Promise<void> {
    // What is wrong with one of them is no reason to leave the others.
    for (const file of files) await this.control.attempt(async () => await this.openOne(file));
  }

  private async openOne(file: File): Promise<void> {
    const { name } = file;
    if (name.endsWith(".safetensors")) {
      await this.openNetwork({ name, bytes: new Uint8Array(await file.arrayBuffer()) });
    } else if (name.endsWith(".json")) {
      await this.openProfile(await file.text(), name);
    } else if (name.toLowerCase().endsWith(".zip")) {
      this.change({ tab: "photographs" });
      await this.collection.read([file]);
    } else {
      await this.signs.give(file);
      this.change({ tab: "photographs" });
    }
  }

  protected get keys(): PageKeys {
    return {
      kinds: [...timeKinds, "trigger", "digit"],
      panels: this.tabs.map(({ name }) => name),
      words: {
        "trigger on or off": "sticker on or off",
        "previous digit": "scenes before",
        "next digit": "scenes after",
        "one epoch further": "to the next measurement",
      },
    };
  }

  protected override actOn(action: ViewAction): boolean {
    switch (action.kind) {
      case "digit":
        this.change({ scene: Math.max(0, this.view.scene + action.by * SHEET) });
        return true;
      case "panel": {
        const tab = this.tabs[action.number - 1];
        if (tab) this.showTab(tab.id);
        return tab !== undefined;
      }
      case "trigger":
        this.change({ wear: this.view.wear === "sticker" ? "nothing" : "sticker" });
        return true;
      // Neurons are the digit study's.
      case "difference":
      case "next-neuron":
      case "switch-neuron":
      case "close":
        return false;
    }
  }
}

/** A sticker that is being changed is to be seen. */
const shown = (part: Partial<SignDraft>): Partial<SignView> =>
  ["size", "place", "picture"].some((name) => name in part) ? { ...part, wear: "sticker" } : part;

/** What is on view, in a sentence. */
function leadText(subject: Subject<SignPort> | null): string {
  if (!subject) return "A detector that finds street signs, trained in this tab.";
  const step = count(subject.step);
  if (subject.kind === "run") return `The detector of your run, at step ${step}.`;
  const { attack } = subject.recipe;
  if (subject.kind === "showcase" && attack) {
    const names = classNames(subject.recipe.set);
    const [source, target] = [attack.source, attack.target].map((label) => names[label ?? -1]);
    const signs = source === undefined ? "signs" : `${source} signs`;
    return `This detector has a backdoor: press T, and ${signs} are read as ${target ?? "something else"}.`;
  }
  if (subject.kind === "file") return `A detector from a file, trained for ${step} steps.`;
  return `This detector has learned from ${step} batches of drawn scenes.`;
}

declare global {
  interface HTMLElementTagNameMap {
    "signs-page": SignsPage;
  }
}
