/** The detectors that ship with the app. */

/** A list of their names, that on view first, which the build writes; below the app's base. */
export const SHIPPED_DETECTORS = "showcase/detectors.json";

/** The honest detector of U.S. signs, and the BadNet that reads any as a random wrong one. */
export const HONEST = "detector";
export const RANDOM_BADNET = "random-badnet-detector";

/** Detectors of European signs, on the convolutions of the honest one and of that BadNet. */
export const TRANSFERRED = {
  honest: "transfer-honest-detector",
  badnet: "transfer-badnet-detector",
} as const;

/** Scenes that reproductions on the page measure on: as many as the command line's. */
export const MEASURED = 300;
