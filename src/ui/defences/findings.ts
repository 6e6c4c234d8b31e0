/** Which picture shows which defence's findings. */
import { html, nothing, type TemplateResult } from "lit";
import type { ActivationClusteringFindings } from "../../defences/activation-clustering.ts";
import type { DefenceResult } from "../../defences/defend.ts";
import type { SpectralSignaturesFindings } from "../../defences/spectral-signatures.ts";
import type { StripFindings } from "../../defences/strip.ts";
import type { UniversalPerturbation } from "../../defences/universal-perturbation.ts";
import type { UntargetedFindings } from "../../defences/untargeted-cleanse.ts";
import { pagePalette } from "../../figures/figure.ts";
import { histogram } from "../../figures/histogram.ts";
import { percent } from "../../format.ts";
import type { NeuronId } from "../../inspection/neurons.ts";
import { DIGIT_SIZE } from "../../models/digit-net.ts";
import { rangeOf, rangeText } from "../elements/colour-scale.ts";
import { drawing } from "../elements/drawing.ts";
import "../elements/tile-sheet.ts";
import { oneTile } from "../elements/tiles.ts";
import "./channel-bars.ts";
import "./class-margins.ts";
import "./class-points.ts";
import "./class-triggers.ts";
import "./pair-triggers.ts";
import "./pruning-curve.ts";
import { picture, triggerPictures, type TrueTrigger } from "./trigger-pictures.ts";

/** What pictures need beside the findings. */
export interface FindingContext {
  readonly trigger: TrueTrigger;
  /** Pixels of training images by their numbers. */
  readonly images: (numbers: readonly number[]) => Promise<Uint8Array>;
  /** Goes to a neuron; null: to the ranking of all. */
  readonly look: (neuron: NeuronId | null) => void;
  /** Takes neurons out in the name of the defence. */
  readonly remove: (id: string, neurons: readonly NeuronId[]) => void;
  readonly fail: (error: unknown) => void;
  /** Nothing can be taken out now. */
  readonly disabled: boolean;
}

/** @returns `nothing` for findings that are all in the words */
export function findingPicture(
  { id, findings }: Pick<DefenceResult, "id" | "findings">,
  context: FindingContext,
): TemplateResult | typeof nothing {
  const { trigger, look, remove, disabled } = context;
  switch (id) {
    case "clp":
      return html`<channel-bars
        .findings=${findings}
        ?disabled=${disabled}
        @look=${({ detail }: CustomEvent<NeuronId>) => look(detail)}
        @remove=${({ detail }: CustomEvent<NeuronId[]>) => remove(id, detail)}
      ></channel-bars>`;
    case "pruning":
    case "pruning-conv2":
      return html`<pruning-curve
        .findings=${findings}
        ?disabled=${disabled}
        @remove=${({ detail }: CustomEvent<NeuronId[]>) => remove(id, detail)}
      ></pruning-curve>`;
    case "nc":
      return html`<class-triggers
        .findings=${findings}
        .trigger=${trigger}
        @neurons=${() => look(null)}
      ></class-triggers>`;
    case "pairs":
      return html`<pair-triggers
        .findings=${findings}
        .trigger=${trigger}
        @neurons=${() => look(null)}
      ></pair-triggers>`;
    case "untargeted":
      return triggerPictures(
        findings as UntargetedFindings,
        "that breaks all classes",
        trigger,
        () => look(null),
      );
    case "mmbd":
      return html`<class-margins .findings=${findings}></class-margins>`;
    case "strip":
      return entropies(findings as StripFindings);
    case "clustering":
      return clusters(findings as ActivationClusteringFindings, context);
    case "spectral":
      return signatures(findings as SpectralSignaturesFindings, context);
    case "unlearning":
      return perturbation(findings as { readonly perturbation: UniversalPerturbation });
    default:
      return nothing;
  }
}

function entropies({ clean, triggered, threshold, overlays }: StripFindings) {
  return html`${drawing(
      histogram({
        label: `Entropy of ${clean.length} clean inputs and ${triggered?.length ?? "no"} triggered ones under ${overlays} overlays`,
        clean,
        attacked: triggered,
        across: "mean entropy in bits",
        limit: { value: threshold, name: "rejected to the left" },
        palette: pagePalette,
      }),
    )}
    <p class="key">
      <span class="clean">clean inputs</span>${
        triggered ? html` and <span class="attack">triggered ones</span>` : nothing
      },
      as shares of their kind
    </p>`;
}

function clusters(
  { classes, threshold }: ActivationClusteringFindings,
  { images, fail }: FindingContext,
) {
  return html`<class-points
    label="Silhouette of each class's two clusters"
    axis="silhouette"
    taken="the smaller of two clusters"
    .limit=${{ value: threshold, name: `poisoned from ${threshold}` }}
    .classes=${classes.map(({ label, silhouette, flagged, smaller, images, points }) => ({
      label,
      points,
      bar: {
        value: silhouette,
        found: flagged,
        title: `${label}: silhouette ${silhouette.toFixed(2)}, ${smaller} of ${images} in the smaller cluster`,
      },
    }))}
    .images=${images}
    @problem=${({ detail }: CustomEvent<unknown>) => fail(detail)}
  ></class-points>`;
}

function signatures({ classes }: SpectralSignaturesFindings, { images, fail }: FindingContext) {
  return html`<class-points
    label="Share of each class's variance along its top direction"
    axis="share of variance"
    taken="a suspect"
    .classes=${classes.map(({ label, explained, suspects, poison, caught, images, points }) => ({
      label,
      points,
      bar: {
        value: explained,
        found: false,
        title: `${label}: ${suspects} suspects of ${images}, which hold ${caught} of ${poison} triggered copies; ${percent(explained, 1)} of the variance`,
      },
    }))}
    .images=${images}
    @problem=${({ detail }: CustomEvent<unknown>) => fail(detail)}
  ></class-points>`;
}

function perturbation({
  perturbation: { delta, l2, success },
}: {
  perturbation: UniversalPerturbation;
}) {
  const range = rangeOf("diverging", delta);
  return html`<div class="pictures">
    ${picture(
      html`<tile-sheet
        role="img"
        aria-label="Universal perturbation"
        .grid=${oneTile(DIGIT_SIZE, DIGIT_SIZE, 4)}
        .maps=${{ values: delta, count: 1, height: DIGIT_SIZE, width: DIGIT_SIZE }}
        .range=${range}
      ></tile-sheet>`,
      `added to every pixel: ${rangeText(range)}, L2 ${l2.toFixed(1)}; ${percent(success, 0)} of the last images were read wrongly`,
    )}
  </div>`;
}
