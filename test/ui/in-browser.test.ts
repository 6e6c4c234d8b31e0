/** Every element alone in a real browser: all of them share one, and one page. */
import { charts } from "./elements/charts.ts";
import { controls } from "./elements/controls.ts";
import { kernels } from "./elements/kernels.ts";
import { useElements } from "./mount.ts";

const stage = useElements();
charts(stage);
controls(stage);
kernels(stage);
