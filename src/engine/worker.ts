/** The worker: a study's engine behind a port, so that training never waits for the page, nor it for training. */
import { expose } from "comlink";
import { studies, type StudyId } from "../studies/table.ts";
import type { Study } from "../studies/study.ts";
import { Engine } from "./engine.ts";
import { holdLife } from "./life.ts";

// The worker is named after its study, of which the engine knows what all have in common.
const study: Study<any> = await studies[self.name as StudyId]();
expose(new Engine(navigator.gpu, study));
// What is said before somebody listens is not heard.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a worker, not of a window
self.postMessage(await holdLife());
