/** All claims of the project. */
import { attackerClaims } from "./attackers.ts";
import { Claims } from "./claim.ts";
import { defenceClaims } from "./defences.ts";
import { digitClaims } from "./digits.ts";
import { inputClaims } from "./inputs.ts";
import type { Results } from "./results.ts";
import { modelClaims } from "./models.ts";
import { projectClaims } from "./project.ts";
import { signClaims } from "./signs.ts";
import { stickerClaims } from "./stickers.ts";
import { speedClaims } from "./speed.ts";
import { transferClaims } from "./transfer.ts";
import { wantedOfInputs, wantedOfProject, wantedOfSpeed, wantedOfStory } from "./wanted/others.ts";
import { claimsWanted } from "./wanted/wanted.ts";

export function allClaims(results: Results): Claims {
  return new Claims([
    ...digitClaims(results),
    ...signClaims(results),
    ...stickerClaims(results),
    ...transferClaims(results),
    ...defenceClaims(results),
    ...attackerClaims(results),
    ...modelClaims(results),
    ...speedClaims(results),
    ...claimsWanted("speed", wantedOfSpeed),
    ...inputClaims(results),
    ...claimsWanted("inputs", wantedOfInputs),
    ...claimsWanted("story", wantedOfStory),
    ...projectClaims(results),
    ...claimsWanted("project", wantedOfProject),
  ]);
}
