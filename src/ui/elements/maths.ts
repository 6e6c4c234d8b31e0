/** Formulas: subscripts `_{…}` and superscripts `^{…}` of a line of maths as markup. */
import { html, type TemplateResult } from "lit";

export type Piece = { readonly kind: "text" | "sub" | "sup"; readonly text: string };

/** `y_{b,o} = 2` into its pieces. */
export function pieces(formula: string): Piece[] {
  const kinds = { _: "sub", "^": "sup" } as const;
  return formula
    .split(/([_^]\{[^}]*\})/)
    .filter((part) => part !== "")
    .map((part): Piece => {
      const script = /^([_^])\{([^}]*)\}$/.exec(part);
      if (!script) return { kind: "text", text: part };
      return { kind: kinds[script[1] as "_" | "^"], text: script[2] };
    });
}

export function maths(formula: string): TemplateResult {
  return html`${pieces(formula).map(({ kind, text }) => {
    if (kind === "text") return text;
    return kind === "sub" ? html`<sub>${text}</sub>` : html`<sup>${text}</sup>`;
  })}`;
}
