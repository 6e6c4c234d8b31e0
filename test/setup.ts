/** Before every test file: random examples are the same in every run, so that a failure comes again. */
import fc from "fast-check";

fc.configureGlobal({ seed: 20171 });
