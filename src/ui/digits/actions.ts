/** What the keys do that are the digit study's own. */
import type { ViewAction } from "../shell/shortcuts.ts";
import type { DigitView } from "./address.ts";
import type { LabController } from "./lab-controller.ts";
import { byImage, factorOf, sameNeuron, withFactor } from "./ranking.ts";

/** What the keys act on. */
export interface Acting {
  readonly view: DigitView;
  readonly lab: LabController;
  /** Images that can be looked at, in order. */
  readonly images: {
    readonly count: number;
    at(place: number): number;
    placeOf(image: number): number;
  };
  readonly change: (part: Partial<DigitView>) => void;
  /** Shows a panel of evidence. */
  readonly show: (panel: DigitView["panel"]) => void;
}

/** In the order of their keys. */
export const panelIds = ["digits", "curves", "neurons", "confusion"] as const;

/** Does what a key asks for. @returns false where there is nothing to do */
export function digitAction(action: ViewAction, on: Acting): boolean {
  const { view, change, show } = on;
  switch (action.kind) {
    case "trigger":
      change({ mode: view.mode === "clean" ? "triggered" : "clean" });
      return true;
    case "difference":
      change({ mode: view.mode === "difference" ? "triggered" : "difference" });
      return true;
    case "digit":
      nextDigit(action.by, on);
      return true;
    case "next-neuron":
      nextNeuron(on);
      return true;
    case "switch-neuron":
      return switchNeuron(on);
    case "panel": {
      const panel = panelIds[action.number - 1];
      if (panel) show(panel);
      return panel !== undefined;
    }
    case "close":
      return false;
  }
}

function nextDigit(by: number, { view: { image }, images, change }: Acting): void {
  const { count } = images;
  if (count === 0) return;
  const place = typeof image !== "number" ? -by : images.placeOf(image);
  change({ image: images.at((place + by + count) % count) });
}

function nextNeuron({ view, lab, change }: Acting): void {
  if (!lab.report) return;
  const ranking = byImage(lab.report, lab.look);
  const at = ranking.findIndex((one) => sameNeuron(one, view.neuron));
  const { layer, channel } = ranking[(at + 1) % ranking.length];
  change({ neuron: { layer, channel } });
}

function switchNeuron({ view: { neuron }, lab }: Acting): boolean {
  if (!neuron) return false;
  const factor = factorOf(lab.scaled, neuron) === 0 ? 1 : 0;
  void lab.scale(withFactor(lab.scaled, neuron, factor));
  return true;
}
