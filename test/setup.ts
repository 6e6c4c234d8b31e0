/** Before every test file: random examples are the same in every run, so that a failure comes again. */
import { configureGlobal } from "fast-check";

configureGlobal({ seed: 20171 });
