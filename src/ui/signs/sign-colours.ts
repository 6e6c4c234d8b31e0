/** One colour for each class of signs, wherever boxes and curves are drawn; names stand beside them. */
import { unsafeCSS } from "lit";

const colours = [
  "light-dark(#bd330a, #ff8a5e)",
  "light-dark(#0a6c8c, #5cc8e8)",
  "light-dark(#8a6100, #ffd166)",
  "light-dark(#7a3b8f, #d9a1ea)",
  "light-dark(#3d6b35, #9fd18f)",
] as const;

export const signColour = (label: number): string => colours[label % colours.length];

/** Sets `--class` for the classes of CSS `class-0` and on. */
export const signColours = unsafeCSS(
  colours.map((colour, label) => `.class-${label} { --class: ${colour}; }`).join("\n"),
);
