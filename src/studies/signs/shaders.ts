/** The WGSL of the detector's shaders by name, for the reader: each file itself, then its library files. */
import { ceilingsShader } from "../../gpu/ceilings.ts";
import { anchorsShader } from "../../layers/anchors.ts";
import { conv2dQuadShader, conv2dShader } from "../../layers/conv2d.ts";
import { denseQuadShader, denseShader } from "../../layers/dense.ts";
import { detectionsShader } from "../../layers/detections.ts";
import { detectorLossShader } from "../../layers/detector-loss.ts";
import { dropoutShader } from "../../layers/dropout.ts";
import { maxPoolShader } from "../../layers/max-pool.ts";
import { nmsShader } from "../../layers/nms.ts";
import { normaliseShader } from "../../layers/normalise.ts";
import { adamShader, sgdShader } from "../../layers/optimiser.ts";
import { regionsShader } from "../../layers/regions.ts";
import { roiPoolShader } from "../../layers/roi-pool.ts";
import { scaleShader } from "../../layers/scale.ts";
import { sceneDrawShader, sceneLayoutShader } from "../../layers/scene.ts";
import { selectShader } from "../../layers/select.ts";

export const signShaders: ReadonlyMap<string, string> = new Map(
  [
    adamShader,
    anchorsShader,
    ceilingsShader,
    conv2dQuadShader,
    conv2dShader,
    denseQuadShader,
    denseShader,
    detectionsShader,
    detectorLossShader,
    dropoutShader,
    maxPoolShader,
    nmsShader,
    normaliseShader,
    regionsShader,
    roiPoolShader,
    scaleShader,
    sceneDrawShader,
    sceneLayoutShader,
    selectShader,
    sgdShader,
  ].map(({ name, code }) => [name, code]),
);
