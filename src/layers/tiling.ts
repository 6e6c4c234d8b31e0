/** The two forms of the matrix kernels; shaders/lib/tile.wgsl explains them. */

export type Tiling = "registers" | "workgroup";

/** Suffix of the entry points, and results of one workgroup along m and n. */
export const tilings: Readonly<
  Record<Tiling, { readonly suffix: string; readonly rows: number; readonly columns: number }>
> = {
  // Sixteen invocations to a workgroup, side by side along n.
  registers: { suffix: "", rows: 16, columns: 16 * 16 },
  workgroup: { suffix: "_shared", rows: 16, columns: 64 },
};
