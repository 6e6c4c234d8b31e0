/** The device: opened with explicit limits, makes tensors, and knows when it is lost. */
import { requestDevice, type AdapterReport, type GpuOptions } from "./adapter.ts";
import { encode, type Dispatch } from "./dispatch.ts";
import { GpuError } from "./gpu-error.ts";
import { mebibytes, sizeOf, type ElementType, type Memory, type Tensor } from "./tensor.ts";
import { Watch } from "./watch.ts";

/**
 * Seconds without any answer after which a device is taken for lost. Work is cut into pieces that take a
 * fraction of one (pace.ts); where a CPU computes them, beside other programs, a single dispatch may take minutes.
 */
const SILENT_SECONDS = { gpu: 120, cpu: 900 } as const;

/** How a device was lost, for people, and why. */
interface Loss {
  readonly text: string;
  readonly reason: string;
}

/** What all scopes of a device have in common. */
interface Shared {
  /** What scopes hold in common, by its key. */
  readonly residents: Map<object, { value: unknown; scope: Gpu; users: Set<Gpu> }>;
  /** Undefined while it lives; the first one stays. */
  loss: Loss | undefined;
  readonly lose: (loss: Loss) => void;
  /** Resolves when it is lost. */
  readonly gone: Promise<void>;
  readonly watch: Watch;
}

const LOST = "The GPU device was lost";

export class Gpu {
  private readonly buffers = new Set<GPUBuffer>();

  private constructor(
    readonly device: GPUDevice,
    readonly adapter: AdapterReport,
    private readonly shared: Shared,
    /** `destroy` takes the device with it. */
    private readonly owner: boolean,
  ) {}

  /**
   * Opens a device on the fastest adapter that `entry` (navigator.gpu, or Dawn's in Node) offers.
   * @throws GpuError when WebGPU is missing, there is no adapter, the device is refused, or no answer comes.
   */
  static async open(entry: GPU | undefined, options: GpuOptions = {}): Promise<Gpu> {
    const { device, report } = await requestDevice(entry, options);
    return new Gpu(device, report, share(device, report), true);
  }

  /** The same device and pipelines with tensors of its own, which its `destroy` frees and no more. */
  scope(): Gpu {
    return new Gpu(this.device, this.adapter, this.shared, false);
  }

  /**
   * What `make` allocates, made once for all scopes of the device that ask by the same key; it is freed
   * with the last of them.
   */
  resident<T>(key: object, make: (scope: Gpu) => T): T {
    const { residents } = this.shared;
    let entry = residents.get(key);
    if (!entry) {
      const scope = this.scope();
      entry = { value: make(scope), scope, users: new Set() };
      residents.set(key, entry);
    }
    entry.users.add(this);
    return entry.value as T;
  }

  /** Rejects work on a lost device: call after each await, because WebGPU itself goes on resolving. */
  assertAlive(): void {
    const { loss } = this.shared;
    if (loss) throw lossError(loss);
  }

  get lost(): boolean {
    return this.shared.loss !== undefined;
  }

  /** How it was lost, in a sentence without its end; null while it lives. */
  get lossText(): string | null {
    return this.shared.loss?.text ?? null;
  }

  /** Resolves when the device is lost. */
  get gone(): Promise<void> {
    return this.shared.gone;
  }

  /**
   * What the device was asked for. When nothing at all is answered for a long time, the device is taken for lost.
   * @throws GpuError when it is lost
   */
  async answered<T>(pending: Promise<T>): Promise<T> {
    return await this.shared.watch.answer(pending);
  }

  /** `lost`, after a moment: failures can surface before WebGPU says so, on a busy machine by a while. */
  async confirmLost(): Promise<boolean> {
    const moment = new Promise((resolve) => setTimeout(resolve, 2000));
    await Promise.race([this.gone, moment]);
    return this.lost;
  }

  /** Bytes that this scope has allocated. */
  get bytes(): number {
    return [...this.buffers].reduce((sum, { size }) => sum + size, 0);
  }

  /** Allocates a tensor of its own buffer, filled with zeros. */
  tensor(label: string, shape: readonly number[], type: ElementType = "f32"): Tensor {
    this.assertFits(label, shape, this.device.limits.maxStorageBufferBindingSize);
    return this.longTensor(label, shape, type);
  }

  /** The same, but it may be longer than one binding: its slices are what is bound. */
  longTensor(label: string, shape: readonly number[], type: ElementType = "f32"): Tensor {
    this.assertFits(label, shape, this.device.limits.maxBufferSize);
    const tensor = unplaced(label, shape, type);
    this.allocate(tensor.memory);
    return tensor;
  }

  /**
   * A tensor for what is needed within a list of dispatches only. Its memory is decided by `shareMemory`;
   * without that it gets its own as soon as it is compiled, written or read.
   */
  scratch(label: string, shape: readonly number[], type: ElementType = "f32"): Tensor {
    this.assertFits(label, shape, this.device.limits.maxStorageBufferBindingSize);
    return unplaced(label, shape, type);
  }

  /** Allocates memory that has no buffer yet. */
  allocate(memory: Memory): GPUBuffer {
    if (memory.buffer) return memory.buffer;
    const usage =
      GPUBufferUsage.STORAGE |
      GPUBufferUsage.COPY_SRC |
      GPUBufferUsage.COPY_DST |
      GPUBufferUsage.UNIFORM;
    const { label, byteLength: size } = memory;
    memory.buffer = this.device.createBuffer({ label, size, usage });
    this.buffers.add(memory.buffer);
    return memory.buffer;
  }

  /**
   * Allocates one buffer and lays the given tensors out in it, each at an offset that a binding may
   * begin at. What lies between them stays zero.
   * @returns the whole as one tensor [elements], and the parts in the order given.
   */
  arena(
    label: string,
    parts: readonly { label: string; shape: readonly number[] }[],
  ): { whole: Tensor; parts: Tensor[] } {
    const alignment = this.device.limits.minStorageBufferOffsetAlignment;
    const offsets: number[] = [];
    let end = 0;
    for (const part of parts) {
      offsets.push(end);
      end += Math.ceil((4 * sizeOf(part.shape)) / alignment) * alignment;
    }
    const whole = this.tensor(label, [end / 4]);
    return {
      whole,
      parts: parts.map((part, i) => ({
        ...whole,
        label: part.label,
        shape: part.shape,
        offset: offsets[i],
        byteLength: 4 * sizeOf(part.shape),
      })),
    };
  }

  private assertFits(label: string, shape: readonly number[], limit: number): void {
    const byteLength = 4 * sizeOf(shape);
    const most = Math.min(limit, this.device.limits.maxBufferSize);
    if (byteLength > most) {
      throw new GpuError(
        "limits",
        `${label} [${shape.join(", ")}] takes ${mebibytes(byteLength)}, but this adapter allows ` +
          `${mebibytes(most)} in one piece: choose a smaller batch.`,
      );
    }
  }

  /**
   * Runs `make`, and tells as soon as it has allocated whether there was enough memory for it. What it
   * has allocated is freed when it fails.
   * @param what for the message, such as "A batch of 64"
   * @param make allocates all that it needs before it first waits
   * @throws GpuError with what was needed, when there is not enough
   */
  async withinMemory<T>(what: string, make: () => Promise<T>): Promise<T> {
    const before = new Set(this.buffers);
    this.device.pushErrorScope("out-of-memory");
    const made = make();
    // Whoever awaits it hears of a failure; after a refusal nobody does.
    made.catch(() => {});
    const error = await this.answered(this.device.popErrorScope()).catch(() => null);
    this.assertAlive();
    if (error) {
      throw new GpuError(
        "memory",
        `${what} needs ${mebibytes(this.bytes)} in all, more memory than this adapter has: choose a smaller one.`,
      );
    }
    try {
      return await made;
    } catch (cause) {
      for (const buffer of this.buffers) if (!before.has(buffer)) this.drop(buffer);
      throw cause;
    }
  }

  private drop(buffer: GPUBuffer): void {
    buffer.destroy();
    this.buffers.delete(buffer);
  }

  /** Copies values into a tensor, from its first element on. Takes effect before later submits. */
  write(tensor: Tensor, values: ArrayBufferView<ArrayBuffer>): void {
    if (values.byteLength > tensor.byteLength) {
      throw new RangeError(
        `${tensor.label} holds ${tensor.byteLength} bytes, got ${values.byteLength}`,
      );
    }
    this.device.queue.writeBuffer(
      this.allocate(tensor.memory),
      tensor.offset,
      values.buffer,
      values.byteOffset,
      values.byteLength,
    );
  }

  /**
   * Copies tensors into others as long, bit by bit, on the device: after what was submitted before, and
   * before what is submitted later. Either may be another scope's.
   * @throws RangeError where a pair differs in length, or shares its memory
   */
  copy(pairs: readonly (readonly [from: Tensor, to: Tensor])[]): void {
    const encoder = this.device.createCommandEncoder();
    for (const [from, to] of pairs) {
      if (from.byteLength !== to.byteLength) {
        const [held, given] = [to.byteLength, from.byteLength];
        throw new RangeError(`${to.label} holds ${held} bytes, ${from.label} has ${given}`);
      }
      const [source, target] = [this.allocate(from.memory), this.allocate(to.memory)];
      if (source === target) {
        throw new RangeError(`${from.label} and ${to.label} lie in the same memory`);
      }
      encoder.copyBufferToBuffer(source, from.offset, target, to.offset, from.byteLength);
    }
    this.device.queue.submit([encoder.finish()]);
  }

  /** Reads tensors back, all as of the same moment. */
  async read(...tensors: Tensor[]): Promise<Float32Array<ArrayBuffer>[]> {
    this.assertAlive();
    const loads = loadsOf(tensors, this.device.limits.maxBufferSize);
    const staging = loads.map((load) =>
      this.device.createBuffer({
        label: "readback",
        size: bytesOf(load),
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      }),
    );
    try {
      const encoder = this.device.createCommandEncoder();
      for (const [i, load] of loads.entries()) {
        let at = 0;
        for (const { memory, offset, byteLength } of load) {
          encoder.copyBufferToBuffer(this.allocate(memory), offset, staging[i], at, byteLength);
          at += byteLength;
        }
      }
      this.device.queue.submit([encoder.finish()]);
      try {
        await this.answered(
          Promise.all(staging.map(async (buffer) => await buffer.mapAsync(GPUMapMode.READ))),
        );
      } catch (cause) {
        // The map is refused an instant before device.lost resolves.
        this.shared.lose({ text: LOST, reason: (cause as Error).message });
      }
      this.assertAlive();
      return loads.flatMap((load, i) => {
        const bytes = staging[i].getMappedRange();
        let at = 0;
        return load.map(({ byteLength }) => {
          const copy = bytes.slice(at, at + byteLength);
          at += byteLength;
          return new Float32Array(copy);
        });
      });
    } finally {
      for (const buffer of staging) buffer.destroy();
    }
  }

  /** Reads one tensor of whole numbers. */
  async readU32(tensor: Tensor): Promise<Uint32Array<ArrayBuffer>> {
    const [values] = await this.read(tensor);
    return new Uint32Array(values.buffer);
  }

  /** Submits the dispatches, `times` over, as one piece of work. */
  submit(dispatches: readonly Dispatch[], times = 1): void {
    const encoder = this.device.createCommandEncoder();
    encode(encoder, dispatches, times);
    this.device.queue.submit([encoder.finish()]);
  }

  /** Waits until everything submitted so far is done. @throws GpuError when the device was lost. */
  async settled(): Promise<void> {
    try {
      await this.answered(this.device.queue.onSubmittedWorkDone());
    } catch (cause) {
      // Nothing but a loss is refused here, and before device.lost resolves.
      this.shared.lose({ text: LOST, reason: (cause as Error).message });
    }
    this.assertAlive();
  }

  /** Frees the buffers of these tensors. */
  free(...tensors: Tensor[]): void {
    for (const { memory } of tensors) {
      if (memory.buffer) this.drop(memory.buffer);
    }
  }

  /** Frees the tensors; with them, unless this is a scope, the device and everything on it. */
  destroy(): void {
    for (const buffer of this.buffers) buffer.destroy();
    this.buffers.clear();
    for (const [key, { scope, users }] of this.shared.residents) {
      if (!users.delete(this) || users.size > 0) continue;
      scope.destroy();
      this.shared.residents.delete(key);
    }
    if (this.owner) this.device.destroy();
  }
}

/** What the scopes of a new device have in common. */
function share(device: GPUDevice, { fallback }: AdapterReport): Shared {
  let leave!: () => void;
  const gone = new Promise<void>((resolve) => (leave = resolve));
  const seconds = SILENT_SECONDS[fallback ? "cpu" : "gpu"];
  const shared: Shared = {
    residents: new Map(),
    loss: undefined,
    lose: (loss) => {
      shared.loss ??= loss;
      leave();
    },
    gone,
    watch: new Watch(seconds, () => {
      const text = `The GPU device gave no answer for ${seconds} seconds`;
      shared.lose({ text, reason: "it was given up" });
      device.destroy();
      return lossError(shared.loss!);
    }),
  };
  void device.lost.then(({ reason, message }) =>
    shared.lose({ text: LOST, reason: `${reason}: ${message}` }),
  );
  return shared;
}

function lossError({ text, reason }: Loss): GpuError {
  return new GpuError("lost", `${text} (${reason}).`);
}

/** A tensor of which it is not decided yet where it lies. */
function unplaced(label: string, shape: readonly number[], type: ElementType): Tensor {
  const byteLength = 4 * sizeOf(shape);
  return { label, shape, type, memory: { label, byteLength, buffer: null }, offset: 0, byteLength };
}

const bytesOf = (tensors: readonly Tensor[]) =>
  tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);

/** Tensors in as few loads, in their order, as a buffer of so many bytes can hold each. */
function loadsOf(tensors: readonly Tensor[], most: number): Tensor[][] {
  const loads: Tensor[][] = [];
  for (const tensor of tensors) {
    const last = loads.at(-1);
    if (last && bytesOf(last) + tensor.byteLength <= most) last.push(tensor);
    else loads.push([tensor]);
  }
  return loads;
}
