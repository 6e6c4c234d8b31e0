/** The detectors that ship with the app. */

/** A list of their names, that on view first, which the build writes; below the app's base. */
export const SHIPPED_DETECTORS = "showcase/detectors.json";
