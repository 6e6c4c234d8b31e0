/** Elements alone in a real browser: all of them share one, and one page. */
import { images } from "./digits/images.ts";
import { neurons } from "./digits/neurons.ts";
import { results } from "./digits/results.ts";
import { charts } from "./elements/charts.ts";
import { controls } from "./elements/controls.ts";
import { kernels } from "./elements/kernels.ts";
import { useElements } from "./mount.ts";
import { cards } from "./paper/cards.ts";
import { banners } from "./shell/banners.ts";
import { time } from "./shell/time.ts";
import { pictures } from "./signs/pictures.ts";
import { stickers } from "./signs/stickers.ts";
import { transferred } from "./signs/transferred.ts";

const stage = useElements();
charts(stage);
controls(stage);
kernels(stage);
banners(stage);
time(stage);
images(stage);
neurons(stage);
results(stage);
pictures(stage);
stickers(stage);
transferred(stage);
cards(stage);
