/** The sign study's worker: its engine behind a port. */
import { expose } from "comlink";
import { SignEngine } from "./sign-engine.ts";

expose(new SignEngine(navigator.gpu));
