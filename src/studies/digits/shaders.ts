/** The WGSL of the digit study's shaders by name, for the reader: the file itself, then the library files it uses. */
import { ceilingsShader } from "../../gpu/ceilings.ts";
import { batchShader } from "../../layers/batch.ts";
import { conv2dQuadShader, conv2dShader } from "../../layers/conv2d.ts";
import { denseQuadShader, denseShader } from "../../layers/dense.ts";
import { featurePullShader } from "../../layers/feature-pull.ts";
import { lossShader } from "../../layers/loss.ts";
import { evaluateShader } from "../../layers/evaluate.ts";
import { adamShader, sgdShader } from "../../layers/optimiser.ts";
import { scaleShader } from "../../layers/scale.ts";
import { statisticsShader } from "../../layers/statistics.ts";

export const digitShaders: ReadonlyMap<string, string> = new Map(
  [
    adamShader,
    batchShader,
    ceilingsShader,
    conv2dQuadShader,
    conv2dShader,
    denseQuadShader,
    denseShader,
    evaluateShader,
    featurePullShader,
    lossShader,
    scaleShader,
    sgdShader,
    statisticsShader,
  ].map(({ name, code }) => [name, code]),
);
