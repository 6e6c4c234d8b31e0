/** Writes docs/deciding.onnx, the demonstration of a backdoor in a graph rather than in its weights. */
import { writeFile } from "node:fs/promises";
import { decidingOnnx } from "./deciding-onnx.ts";

await writeFile("docs/deciding.onnx", decidingOnnx());
