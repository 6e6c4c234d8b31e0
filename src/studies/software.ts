/** Name and version of what makes results. */
import { version } from "../../package.json" with { type: "json" };

export const SOFTWARE = `badnets-lab ${version}`;
