/** The worker: the engine behind a port, so that training never waits for the page, nor it for training. */
import { expose } from "comlink";
import { Engine } from "./engine.ts";

expose(new Engine(navigator.gpu));
