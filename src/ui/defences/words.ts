/** What the page says of the network on view, of what goes on, and of what stands in the way. */
import { defences as table } from "../../defences/table.ts";
import { count } from "../../format.ts";
import type { DefenceConditions } from "../../studies/digits/defence-report.ts";
import type { DigitPort } from "../../studies/digits/types.ts";
import type { Subject } from "../../studies/port.ts";
import type { Trouble } from "../shell/connection.ts";
import type { Running } from "./defence-controller.ts";

const origins = {
  showcase: "The BadNet that ships with this laboratory",
  file: "A network from a file",
  run: "The network of your run",
} as const;

/** The network on view, and with what it was asked. */
export function networkInWords(
  subject: Subject<DigitPort> | null,
  conditions: DefenceConditions | null,
): string {
  if (!subject) return "No network is on view yet.";
  const { kind, step, recipe } = subject;
  const attack = recipe.attack
    ? `its recipe names a backdoor (${recipe.attack.trigger.name} trigger, ${recipe.attack.policy.kind.replaceAll("-", " ")}), which no defence is told of: it measures what they are worth`
    : "its recipe names no backdoor";
  // How a network of another tool came about is not known.
  const network =
    kind === "file" && step === 0
      ? `${origins[kind]}, as it came.`
      : `${origins[kind]}, trained for ${count(step)} steps; ${attack}.`;
  if (!conditions) return network;
  const { detect, repair, judge } = conditions.images;
  return `${network} Asked with ${count(detect)} clean images to detect with and ${count(repair)} to repair with; ${count(judge)} others judge.`;
}

/** What goes on. */
export function runningInWords({ id, judging }: Running): string {
  const name = table.find((defence) => defence.id === id)?.name;
  if (name === undefined) return "Judging the network as it is";
  return judging ? `Judging what ${name} leaves` : name;
}

/** What stands in the way of asking, or must be known of what was found; null: nothing. */
export function obstacle({
  trouble,
  stale,
  training,
  subject,
}: {
  readonly trouble: Trouble | null;
  readonly stale: boolean;
  readonly training: boolean;
  readonly subject: Subject<DigitPort> | null;
}): string | null {
  if (trouble) {
    return `Defences compute on the GPU, and there is none to be had. ${trouble.message}`;
  }
  if (training) {
    return "A run is going on and would change the network meanwhile: pause or stop it on the page Digits first.";
  }
  if (stale) {
    return "The network has been trained on since it was asked: what is below is of what it was.";
  }
  return subject?.ready ? null : "The network and its data are on their way.";
}
