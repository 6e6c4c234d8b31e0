/** Kernels as a reader meets them: stepped one by one, measured, and explained value by value. */
import { describe, expect, it } from "vitest";
import type { KernelProfile, Profile } from "../../../src/gpu/profile.ts";
import type { BindingView, DispatchView, StepView } from "../../../src/studies/port.ts";
import type { Stage } from "../mount.ts";

const binding = (name: string, label: string, ...shape: number[]): BindingView => ({
  name,
  label,
  shape,
  type: "f32",
});

const kernel = (label: string, pass: DispatchView["pass"], rest: object): DispatchView => ({
  label,
  layer: "fc",
  pass,
  shader: "dense",
  entry: label.split(".")[1],
  constants: { B: 1, I: 2, O: 2, RELU: 0 },
  workgroups: [1, 1],
  workgroupSize: 64,
  flops: 8,
  bytes: 32,
  reads: [],
  writes: [],
  ...rest,
});

const [x, w, bias, y] = [
  binding("x", "input", 1, 2),
  binding("w", "fc.w", 2, 2),
  binding("bias", "fc.bias", 2),
  binding("y", "fc.y", 1, 2),
];

const stepping: StepView = {
  dispatches: [
    kernel("fc.forward", "forward", { reads: [x, w, bias], writes: [y] }),
    kernel("fc.backward_weights", "backward", {
      reads: [x, binding("dy", "fc.dy", 1, 2)],
      writes: [binding("dw", "fc.dw", 2, 2), binding("dbias", "fc.dbias", 2)],
    }),
  ],
  cursor: 1,
};

/** Tensors of the step as they stand: x = [3, 4], w = [[1, 2], [0, -1]], bias = [0.5, 0], y = w x + bias. */
const withTensors = () => ({
  read: async (label: string) => {
    const tensors = {
      input: { shape: [1, 2], values: [3, 4] },
      "fc.w": { shape: [2, 2], values: [1, 2, 0, -1] },
      "fc.bias": { shape: [2], values: [0.5, 0] },
      "fc.y": { shape: [1, 2], values: [11.5, -4] },
    };
    const found = tensors[label as keyof typeof tensors];
    if (!found) throw new Error("no such tensor");
    const values = Float32Array.from(found.values);
    return { label, shape: found.shape, type: "f32" as const, values };
  },
});

const measured = (label: string, pass: string, milliseconds: number): KernelProfile =>
  ({
    label,
    pass,
    shader: "dense",
    entry: "forward",
    workgroups: [2, 1],
    workgroupSize: 64,
    reads: [x],
    writes: [y],
    flops: 1e6,
    gflops: 1 / milliseconds,
    milliseconds,
    gigabytesPerSecond: 2 / milliseconds,
    intensity: 3,
    share: milliseconds / 4,
  }) as unknown as KernelProfile;

const profile = {
  title: "digits, batch 64",
  date: "2025-01-02T03:04",
  method: "Timed.",
  adapter: { vendor: "acme", architecture: "", device: "", description: "Acme One" },
  ceilings: { gflops: 10, gigabytesPerSecond: 5 },
  milliseconds: 4,
  togetherMilliseconds: 3.5,
  kernels: [measured("fc.forward", "forward", 1), measured("fc.backward", "backward", 3)],
  passes: [
    { pass: "forward", milliseconds: 1 },
    { pass: "backward", milliseconds: 3 },
  ],
} as unknown as Profile;

const source = "fn forward() {\n  // sums\n  let a = 1.0;\n}\nfn other() {}\n";

export function kernels(stage: Stage): void {
  describe("step-view", () => {
    it("asks for the first kernel while there is no step", async () => {
      const view = await stage.mount("step-view", {}, ["step"]);
      await view.getByRole("button", { name: "Run the first kernel" }).click();
      expect(await stage.heard()).toEqual([{ type: "step", detail: "kernel" }]);
      await stage.isAccessible();
    });

    it("shows the kernel that ran last, in words, and what it wrote", async () => {
      const view = await stage.mount("step-view", withTensors);
      await stage.change("step-view", { stepping });
      await view.locator("tensor-view .facts").first().waitFor();
      expect(await view.locator("h2").innerText()).toBe("fc.forward");
      expect(await view.locator(".kernel").innerText()).toContain("Weighs all inputs anew");
      expect(await view.locator("tensor-view .facts").first().innerText()).toContain(
        "−4.00 to 11.5",
      );
      expect(await view.locator("ol").innerText()).toMatch(/Forward\s+fc\.forward\s+Backward/);
      await stage.isAccessible();
    });

    it("explains a value that is pointed at by the numbers that made it", async () => {
      const view = await stage.mount("step-view", withTensors);
      await stage.change("step-view", { stepping });
      const map = view.locator("tensor-view .map");
      await map.focus();
      await stage.page.keyboard.press("ArrowRight");
      const account = view.locator("value-account");
      await account.waitFor();
      const text = (await account.locator("dl").allInnerTexts()).join(" ");
      expect(text).toContain("sum of 2 products");
      expect(text).toContain("as the GPU stored it, 11.50");
      await stage.page.keyboard.press("ArrowRight");
      await account.getByText("as the GPU stored it, −4.000").waitFor();
    });

    it("goes through the kernels by the arrow keys, and says which has not run yet", async () => {
      const view = await stage.mount("step-view", withTensors);
      await stage.change("step-view", { stepping });
      await view.getByRole("button", { name: "fc.forward" }).focus();
      await stage.page.keyboard.press("ArrowDown");
      await view.getByText("has not run in this step").waitFor();
      expect(await view.locator("h2").innerText()).toBe("fc.backward_weights");
      // Of two outputs the reader chooses.
      await view.getByRole("button", { name: "dbias", exact: true }).click();
      await stage.drawn();
      const pressed = view.locator(".outputs [aria-pressed='true']");
      expect(await pressed.innerText()).toBe("dbias");
    });
  });

  describe("tensor-view", () => {
    const tensor = {
      label: "conv.y",
      shape: [2, 2, 3],
      type: "f32" as const,
      values: Float32Array.from({ length: 12 }, (_, i) => i),
    };

    it("shows one slice, whose leading index can be chosen, and points at values by key", async () => {
      const view = await stage.mount("tensor-view", { tensor, axes: ["image"] }, ["point"]);
      expect(await view.locator(".facts").first().innerText()).toContain("0 to 11.0, mean 5.50");
      await view.getByLabel("image").fill("1");
      const map = view.getByRole("application");
      await map.focus();
      await stage.page.keyboard.press("ArrowRight");
      await stage.page.keyboard.press("ArrowDown");
      const heard = await stage.heard();
      expect(heard.map(({ detail }) => detail)).toEqual([
        [1, 0, 0],
        [1, 1, 0],
      ]);
      expect(await map.getAttribute("aria-label")).toContain("row 1, column 0: 9.00");
      await stage.isAccessible();
    });

    it("points at what is under the pointer, and no further than the values go", async () => {
      const view = await stage.mount("tensor-view", { tensor }, ["point"]);
      await view.locator(".map").click({ position: { x: 40, y: 20 } });
      expect((await stage.heard()).at(-1)!.detail).toEqual([0, 1, 2]);
      await view.locator(".map").focus();
      await stage.page.keyboard.press("ArrowRight");
      expect(await stage.heard()).toEqual([]);
    });
  });

  describe("kernel-view", () => {
    it("offers to measure while there is no profile, and shows how far that is", async () => {
      const view = await stage.mount("kernel-view", {}, ["profile-run", "profile-cancel"]);
      await view.getByRole("button", { name: "Measure the kernels" }).click();
      await stage.change("kernel-view", { progress: { done: 0.5, secondsLeft: null } });
      await view.getByRole("button", { name: "Cancel" }).click();
      const heard = await stage.heard();
      expect(heard.map(({ type }) => type)).toEqual(["profile-run", "profile-cancel"]);
    });

    it("lists the kernels with their costs, in the order that a column's head gives", async () => {
      const view = await stage.mount("kernel-view", { profile });
      const heads = async () => await view.locator("tbody th").allInnerTexts();
      expect(await heads()).toEqual(["fc.forward", "fc.backward"]);
      await view.getByRole("button", { name: "ms", exact: true }).click();
      await stage.drawn();
      expect(await heads()).toEqual(["fc.backward", "fc.forward"]);
      expect(await view.locator("[aria-sort='descending']").innerText()).toBe("ms");
      expect(await view.locator("p").first().innerText()).toContain("Acme One. Timed.");
      await stage.isAccessible();
    });

    it("saves what was measured here, and compares it with what was saved", async () => {
      const saved = {
        ...profile,
        title: "earlier",
        kernels: profile.kernels.map((one) => ({ ...one, milliseconds: one.milliseconds / 2 })),
      };
      const view = await stage.mount("kernel-view", { profile, saved }, ["profile-export"]);
      expect(await view.locator("tbody tr").first().innerText()).toContain("× 2.00");
      await view.getByRole("button", { name: "Trace" }).click();
      expect(await stage.heard()).toEqual([{ type: "profile-export", detail: "trace" }]);
    });

    it("marks a kernel everywhere at once where it is pointed at", async () => {
      const view = await stage.mount("kernel-view", { profile });
      await view.locator("tbody tr").nth(1).hover();
      await stage.drawn();
      expect(await view.locator(".timeline .pointed").innerText()).toBe("fc.backward");
      expect(await view.locator("roofline-chart .pointed .name").textContent()).toBe("fc.backward");
    });

    it("opens a kernel's source with the kernel highlighted, and says where there is none", async () => {
      const view = await stage.mount("kernel-view", () => ({ sources: new Map() }));
      await stage.change("kernel-view", { profile });
      const open = async () =>
        await view.locator("tbody").getByRole("button", { name: "fc.forward" }).click();
      await open();
      const dialog = view.getByRole("dialog");
      await dialog.getByText("Its source comes with the engine").waitFor();
      expect(await dialog.innerText()).toContain("reads x = input [1 × 2] f32");
      await dialog.getByRole("button", { name: "Close" }).click();
      expect(await dialog.isVisible()).toBe(false);
      await stage.page.evaluate((code) => {
        document.querySelector("kernel-view")!.sources = new Map([["dense", code]]);
      }, source);
      await open();
      await dialog.locator(".kernel").first().waitFor();
      expect(await dialog.locator(".kernel").allInnerTexts()).toEqual([
        "fn forward() {",
        "  // sums",
        "  let a = 1.0;",
        "}",
      ]);
      await stage.isAccessible();
      await stage.page.keyboard.press("Escape");
    });
  });
}
