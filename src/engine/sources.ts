/** The WGSL of every shader of the training step, by the shader's name: loaded when it is wanted. */
import { batchShader } from "../layers/batch.ts";
import { conv2dShader } from "../layers/conv2d.ts";
import { denseShader } from "../layers/dense.ts";
import { lossShader } from "../layers/loss.ts";
import { adamShader, sgdShader } from "../layers/optimiser.ts";

export const sources: ReadonlyMap<string, string> = new Map(
  [batchShader, conv2dShader, denseShader, lossShader, sgdShader, adamShader].map(
    ({ name, code }) => [name, code],
  ),
);
