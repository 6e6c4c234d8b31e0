/** Host half of shaders/trigger-schedule.wgsl: what a mask's size costs, and which mask is kept, group by group. */
import source from "../../shaders/trigger-schedule.wgsl?raw";
import type { DispatchSpec } from "../gpu/dispatch.ts";
import { shader } from "../gpu/shader.ts";
import { sizeOf, type Tensor } from "../gpu/tensor.ts";

export const triggerScheduleShader = shader("trigger-schedule", source);

/** Numbers that the schedule keeps of a group. */
export const SCHEDULE_STATE = 8;

/** How the cost of a mask's L1 norm follows success (Wang et al. 2019, section V-A). */
export interface ScheduleSettings {
  /** Steps from one look at success to the next. */
  readonly every: number;
  /** Share of images that counts as success. */
  readonly reached: number;
  /** Looks running with the same outcome before the cost changes, and before a mask is kept. */
  readonly patience: number;
  /** What the cost rises to from 0. */
  readonly firstCost: number;
  /** Factor on the cost while the trigger succeeds. */
  readonly up: number;
  /** Divisor of the cost while it does not. */
  readonly down: number;
}

/** What it has of a group. */
export interface ScheduleState {
  readonly cost: number;
  /** L1 norm of the mask that is kept; null where none ever succeeded. */
  readonly lowest: number | null;
  /** Share of images that went as wished, and L1 norm of the mask, at the last look. */
  readonly share: number;
  readonly norm: number;
}

/** Of `groups` groups before the first step: no cost, and no mask kept. */
export function initialSchedule(groups: number): Float32Array<ArrayBuffer> {
  const state = new Float32Array(groups * SCHEDULE_STATE);
  for (let g = 0; g < groups; g++) state[g * SCHEDULE_STATE + 3] = -1;
  return state;
}

/** @param state [groups, SCHEDULE_STATE] */
export function readSchedule(state: Float32Array, group: number): ScheduleState {
  const at = group * SCHEDULE_STATE;
  const [cost, , , lowest, , , share, norm] = state.subarray(at, at + SCHEDULE_STATE);
  return { cost, lowest: lowest < 0 ? null : lowest, share, norm };
}

export interface TriggerScheduleOptions {
  readonly settings: ScheduleSettings;
  /** [G, 2]: see triggerLossSpec */
  readonly tally: Tensor;
  /** [G, 1 + C, H, W]: masks and patterns of the step */
  readonly shaped: Tensor;
  /** [G, SCHEDULE_STATE]: see initialSchedule */
  readonly state: Tensor;
  /** As long as `shaped`: the masks and patterns that are kept */
  readonly best: Tensor;
}

/** Looks at a step's success and moves the costs on. */
export function triggerScheduleSpec(options: TriggerScheduleOptions): DispatchSpec {
  const { settings, tally, shaped, state, best } = options;
  const [G, maps, H, W] = shaped.shape;
  return {
    label: "trigger.schedule",
    shader: triggerScheduleShader,
    entry: "look",
    constants: {
      G,
      C: maps - 1,
      PIXELS: H * W,
      STATE: SCHEDULE_STATE,
      EVERY: settings.every,
      REACHED: settings.reached,
      PATIENCE: settings.patience,
      FIRST: settings.firstCost,
      UP: settings.up,
      DOWN: settings.down,
    },
    reads: { tally, shaped },
    writes: { state, best },
    workgroups: [G, 1],
    flops: sizeOf(shaped.shape),
  };
}
