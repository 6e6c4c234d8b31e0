/** What crosses the worker's boundary: plain snapshots out, and the commands' arguments in. */
import type { AdapterReport } from "../gpu/adapter.ts";
import type { GpuProblem } from "../gpu/gpu-error.ts";
import type { Progress } from "../training/run.ts";
import type { Questions } from "./questions.ts";

export type { TaskProgress } from "./questions.ts";

export type { Progress } from "../training/run.ts";

/** Where a run is: the last three are ends. */
export type Phase =
  "starting" | "training" | "paused" | "measuring" | "finished" | "stopped" | "failed";

/** Whether a run still goes on, so that another one has to wait. */
export function isActive(phase: Phase): boolean {
  return phase !== "finished" && phase !== "stopped" && phase !== "failed";
}

/** Whether a run keeps the device busy, so that other work takes time from it. */
export function isBusy(phase: Phase): boolean {
  return isActive(phase) && phase !== "paused";
}

/** The loss of every step, thinned to what a chart can show. All arrays have one entry a bin. */
export interface LossBins {
  /** Steps that a bin covers; the last bin may hold fewer. */
  readonly stepsPerBin: number;
  /** Steps in all bins together. */
  readonly steps: number;
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Running mean at the bin's end. */
  readonly smooth: Float32Array;
}

/** A sentence about something that happened; newer ones have larger numbers. */
export interface Notice {
  readonly id: number;
  readonly text: string;
}

/** How opening the engine ended: errors lose their class on the way out of a worker. */
export type Opened =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: GpuProblem; readonly message: string };

/** A kernel of the training step as the stepper shows it. */
export interface DispatchView {
  /** For example "conv2.backward_weights". */
  readonly label: string;
  /** The layer it belongs to; null for the batch, the loss and the optimiser. */
  readonly layer: string | null;
  readonly pass: "batch" | "forward" | "loss" | "backward" | "update";
  /** shaders/{shader}.wgsl */
  readonly shader: string;
  readonly entry: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly workgroups: readonly [number, number];
  readonly workgroupSize: number;
  readonly flops: number;
  readonly bytes: number;
  readonly reads: readonly BindingView[];
  readonly writes: readonly BindingView[];
}

export interface BindingView {
  /** The variable in the shader. */
  readonly name: string;
  /** The tensor, for `tensor()`. */
  readonly label: string;
  readonly shape: readonly number[];
  readonly type: "f32" | "u32";
}

/** Where the training step stands while the run is paused. */
export interface StepView {
  readonly dispatches: readonly DispatchView[];
  /** Kernels of the current step that are done: 0 between steps. */
  readonly cursor: number;
}

/** A tensor's values at the moment of asking. */
export interface TensorView {
  readonly label: string;
  readonly shape: readonly number[];
  readonly type: "f32" | "u32";
  readonly values: Float32Array | Uint32Array;
}

export type StepUnit = "kernel" | "layer" | "batch" | "epoch";

/** What a study's worker and its page have to say to each other. */
export interface StudyPort {
  readonly recipe: object;
  /** What is known of the data, for the page. */
  readonly data: object;
  /** What is known of a run, or of how a network on view came about, beside its losses. */
  readonly details: object;
  readonly questions: Questions;
}

/** Which network is on view. */
export interface Subject<S extends StudyPort> {
  /** The one that ships with the app, a file of the reader's, or the run's as it stands. */
  readonly kind: "showcase" | "file" | "run";
  readonly recipe: S["recipe"];
  /** Another number when another network is on view, or the same on other data. */
  readonly id: number;
  /** Steps that it was trained for. */
  readonly step: number;
  /** Grows whenever its parameters, or their gradients, are others, and only then: look again. */
  readonly version: number;
  /** What looks at it is there; until then questions about it wait. */
  readonly ready: boolean;
  /** Where a recorded answer came from; null when everything is computed here and now. */
  readonly recordedOn: string | null;
}

/** How the network on view came to be what it is. */
export interface History<S extends StudyPort> {
  /** Steps whose records have arrived. */
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Each metric of the training step, in the study's order. */
  readonly metrics: readonly LossBins[];
  readonly details: S["details"];
}

/** Where the run is. */
export interface RunView<S extends StudyPort> {
  readonly phase: Phase;
  readonly recipe: S["recipe"];
  readonly step: number;
  readonly totalSteps: number;
  /** What lies between two evaluations of everything. */
  readonly stepsPerEpoch: number;
  readonly progress: Progress | null;
  /** The step of the state that a checkpoint would hold; null before there is one. */
  readonly keptStep: number | null;
  /** Steps whose states are kept in memory, which the run can go back to; 0 is always among them. */
  readonly rewindable: readonly number[];
  /** Steps a second when it is slowed down. */
  readonly pace: number | null;
  /** While the run is paused. */
  readonly stepping: StepView | null;
  /** Why the run failed. */
  readonly failure: string | null;
  /** Seconds that its last measurement takes; null where that is not known. */
  readonly measureSeconds?: number | null;
}

/** A study's engine as a whole at one moment. */
export interface Snapshot<S extends StudyPort> {
  readonly adapter: AdapterReport;
  readonly data: S["data"];
  /** What the engine is busy with before it can show anything, in words; null when it is ready. */
  readonly loading: string | null;
  readonly run: RunView<S> | null;
  /** Null until there is a network to look at, and what it takes to look. */
  readonly subject: Subject<S> | null;
  /** Of the subject. */
  readonly history: History<S> | null;
  /** Why the browser gives no device any more, so that only a reload helps; null when all is well. */
  readonly refusal: string | null;
  /** The browser has kept a state of a run. */
  readonly keeps: boolean;
  /** What the browser keeps of runs is this tab's; it becomes so when the tab that had it is closed. */
  readonly owns: boolean;
  readonly notices: readonly Notice[];
}

/** How a run begins. */
export interface StartOptions {
  /** With a pause, to be stepped from its first kernel. */
  readonly paused?: boolean;
  /** In place of a run that goes on, which ends there. */
  readonly restart?: boolean;
}

/** What can be saved of the network on view and its run. */
export type Saving = "model" | "checkpoint" | "result" | "curves";

/** The content of a file, and how its name ends. */
export interface Saved {
  readonly content: Uint8Array<ArrayBuffer> | string;
  readonly extension: "safetensors" | "json" | "csv";
}
