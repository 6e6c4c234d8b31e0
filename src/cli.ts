/** Command line entry: the same studies as on the page, through Dawn. */
import { run, tell } from "./cli/main.ts";

// The runner's own listener would end the process before a run is saved.
process.removeAllListeners("SIGTERM");

// Until now the executable spoke for it. What nobody waits for, such as an error that the device reports, ends the program with a message all the same.
process.removeAllListeners("uncaughtException");
process.on("uncaughtException", (error) => process.exit(tell(error)));

// Dawn keeps Node alive while an instance lives, so the end is said explicitly.
process.exit(await run(process.argv.slice(2)));
