/** The paper's digit network composed of the references, in float64. */
import * as conv2d from "./conv2d.ts";
import * as dense from "./dense.ts";
import * as pool from "./pool.ts";

/** Logits of one image. @param pixels [28, 28], 0 to 255 @param parameters by their names */
export function logitsOf(
  pixels: Uint8Array,
  parameters: ReadonlyMap<string, Float32Array>,
): Float64Array {
  const of = (name: string) => Float64Array.from(parameters.get(name)!);
  const convolve = (x: Float64Array, label: string, C: number, side: number, O: number) => {
    const shape = { B: 1, C, H: side, W: side, O, K: 5, stride: 1, pad: 0 };
    const y = conv2d.forward(shape, x, of(`${label}.w`), of(`${label}.b`), true);
    return pool.forwardAverage({ B: 1, C: O, H: side - 4, W: side - 4, K: 2, stride: 2 }, y);
  };
  const image = Float64Array.from(pixels, (value) => value / 255);
  const features = convolve(convolve(image, "conv1", 1, 28, 16), "conv2", 16, 12, 32);
  const hidden = dense.forward({ B: 1, I: 512, O: 512 }, features, of("fc1.w"), of("fc1.b"), true);
  return dense.forward({ B: 1, I: 512, O: 10 }, hidden, of("fc2.w"), of("fc2.b"), false);
}
