/** Command line entry: the same studies as on the page, through Dawn. */
import { run } from "./cli/main.ts";

// The runner's own listener would end the process before a run is saved.
process.removeAllListeners("SIGTERM");

// Dawn keeps Node alive while an instance lives, so the end is said explicitly.
process.exit(await run(process.argv.slice(2)));
