/** What each key does. */
import { DRAWN, type Sample, type Snapshot } from "../../studies/digits/port.ts";
import { type StepUnit, isActive } from "../../studies/port.ts";
import type { Commands } from "../shell/commands.ts";
import type { LabController } from "./lab-controller.ts";
import { factorOf, rank, sameNeuron, withFactor } from "./ranking.ts";
import type { Action } from "../shell/shortcuts.ts";
import type { ViewController } from "../shell/view-controller.ts";
import type { ViewState } from "../view-state.ts";

export interface ActionsOptions {
  readonly view: ViewController;
  readonly lab: LabController;
  readonly commands: Commands;
  /** The engine's; null while there is none. */
  readonly snapshot: () => Snapshot | null;
  /** Digits of the recording. */
  readonly recorded: () => readonly Sample[];
  readonly start: () => Promise<void>;
  readonly step: (unit: StepUnit) => Promise<void>;
  readonly show: (panel: ViewState["panel"]) => void;
  readonly help: () => void;
}

/** In the order of their keys. */
export const panelIds = ["digits", "curves", "neurons", "confusion"] as const;

export class Actions {
  constructor(private readonly options: ActionsOptions) {}

  /** Does what a key asks for. @returns false where there is nothing to do */
  act(action: Action): boolean {
    const { view, commands, start, step, show, help } = this.options;
    const run = this.options.snapshot()?.run ?? null;
    const { mode } = view.state;
    switch (action.kind) {
      case "play":
        if (!run || !isActive(run.phase)) void start();
        else if (run.phase === "paused") void commands.resume();
        else void commands.pause();
        return true;
      case "step":
        void step(action.unit);
        return true;
      case "rewind": {
        const before = run?.rewindable.findLast((step) => step < run.step);
        if (before === undefined) return false;
        void commands.rewind(before);
        return true;
      }
      case "trigger":
        view.update({ mode: mode === "clean" ? "triggered" : "clean" });
        return true;
      case "difference":
        view.update({ mode: mode === "difference" ? "triggered" : "difference" });
        return true;
      case "digit":
        this.nextDigit(action.by);
        return true;
      case "next-neuron":
        this.nextNeuron();
        return true;
      case "switch-neuron":
        return this.switchNeuron();
      case "panel": {
        const panel = panelIds[action.number - 1];
        if (!panel) return false;
        show(panel);
        return true;
      }
      case "help":
        help();
        return true;
      case "close":
        return false;
    }
  }

  private nextDigit(by: number): void {
    const { view } = this.options;
    const { image } = view.state;
    const snapshot = this.options.snapshot();
    const live = snapshot?.data?.test;
    if (snapshot?.subject && live !== undefined) {
      view.update({ image: image === DRAWN ? 0 : (image + by + live) % live });
      return;
    }
    const recorded = this.options.recorded();
    const at = recorded.findIndex((sample) => sample.image === image);
    const next = recorded[(at + by + recorded.length) % recorded.length];
    if (next) view.update({ image: next.image });
  }

  private nextNeuron(): void {
    const { view, lab } = this.options;
    if (!lab.report) return;
    const ranking = rank(lab.report, "effect", null);
    const at = ranking.findIndex((one) => sameNeuron(one, view.state.neuron));
    const { layer, channel } = ranking[(at + 1) % ranking.length];
    view.update({ neuron: { layer, channel } });
  }

  private switchNeuron(): boolean {
    const { view, lab } = this.options;
    const { neuron } = view.state;
    if (!neuron) return false;
    const factor = factorOf(lab.scaled, neuron) === 0 ? 1 : 0;
    void lab.scale(withFactor(lab.scaled, neuron, factor));
    return true;
  }
}
