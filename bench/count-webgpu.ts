/** Counts WebGPU calls, whoever makes them, by standing in front of the browser's own methods. */

export const callKinds = [
  "dispatches",
  "uploads",
  "buffers",
  "bindGroups",
  "pipelines",
  "submits",
] as const;

/** How often each kind of call was made. */
export type Counts = Record<(typeof callKinds)[number], number>;

/** Runs `work` and counts the WebGPU calls made on this page meanwhile. */
export async function countWebGpu(work: () => Promise<unknown>): Promise<Counts> {
  const counts = { dispatches: 0, uploads: 0, buffers: 0, bindGroups: 0, pipelines: 0, submits: 0 };
  const add = (kind: keyof Counts) => () => void counts[kind]++;
  const pass = GPUComputePassEncoder.prototype;
  const device = GPUDevice.prototype;
  const queue = GPUQueue.prototype;
  const restore = [
    tap(pass, "dispatchWorkgroups", add("dispatches")),
    tap(pass, "dispatchWorkgroupsIndirect", add("dispatches")),
    tap(device, "createBindGroup", add("bindGroups")),
    tap(device, "createComputePipeline", add("pipelines")),
    tap(device, "createComputePipelineAsync", add("pipelines")),
    tap(device, "createBuffer", (descriptor: GPUBufferDescriptor) => {
      counts.buffers++;
      // Writing to a buffer while it is mapped for its creation is an upload too.
      if (descriptor.mappedAtCreation) counts.uploads++;
    }),
    tap(queue, "writeBuffer", add("uploads")),
    tap(queue, "writeTexture", add("uploads")),
    tap(queue, "submit", add("submits")),
  ];
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
  }
  return counts;
}

/**
 * Has `saw` called with the first argument of each call of the method.
 *
 * @returns What puts the method back.
 */
function tap<Class extends object>(
  prototype: Class,
  name: keyof Class,
  saw: (argument: any) => void,
): () => void {
  const original: (...values: unknown[]) => unknown = Reflect.get<object, PropertyKey>(
    prototype,
    name,
  );
  Reflect.set(prototype, name, function (this: Class, ...values: unknown[]) {
    saw(values[0]);
    return original.apply(this, values);
  });
  return () => void Reflect.set(prototype, name, original);
}
