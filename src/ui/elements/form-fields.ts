/** What the recipes' forms are made of: groups of fields, each with its complaint beside it. */
import { html, nothing, type TemplateResult } from "lit";
import "./help-tip.ts";
import { warningIcon } from "./icons.ts";

/** A form whose Enter key submits. */
export function form(submit: () => void, groups: readonly TemplateResult[]): TemplateResult {
  return html`<form
    novalidate
    @submit=${(event: Event) => {
      event.preventDefault();
      submit();
    }}
  >
    ${groups}
    <button class="hidden" tabindex="-1" aria-hidden="true"></button>
  </form>`;
}

/** Fields under one heading. */
export function group(heading: string, fields: unknown): TemplateResult {
  return html`<fieldset class="group">
    <h2>${heading}</h2>
    ${fields}
  </fieldset>`;
}

export interface TextField {
  /** Of the field in the page, and of its complaint. */
  readonly id: string;
  readonly text: string;
  readonly value: string;
  readonly mode: "numeric" | "decimal";
  readonly error: string | undefined;
  /** What it means, and of what, where the label does not say it all. */
  readonly help?: { readonly topic: string; readonly text: string };
  readonly change: (value: string) => void;
}

/** A field that numbers are typed in. */
export function textField(field: TextField): TemplateResult {
  const { id, text, value, mode, error, help, change } = field;
  return html`<div class="field ${id}">
    <span class="label"
      ><label for=${id}>${text}</label
      >${help ? html`<help-tip topic=${help.topic} text=${help.text}></help-tip>` : nothing}</span
    >
    <input
      id=${id}
      type="text"
      inputmode=${mode}
      autocomplete="off"
      .value=${value}
      aria-invalid=${error ? "true" : "false"}
      aria-describedby=${complaintId(id)}
      @input=${(event: Event) => change((event.target as HTMLInputElement).value)}
    />
    ${complaint(id, error)}
  </div>`;
}

/** What is wrong with a field, for eyes and ears. */
export function complaint(id: string, error: string | undefined): TemplateResult {
  return html`<div id=${complaintId(id)} aria-live="polite">
    ${error ? html`<p class="error">${warningIcon} ${error}</p>` : nothing}
  </div>`;
}

const complaintId = (id: string) => `${id}-error`;

/** Puts the focus where a form's first complaint is. @returns whether there is one in a field */
export function focusComplaint(root: ParentNode): boolean {
  const field = root.querySelector<HTMLElement>("[aria-invalid=true]");
  field?.focus();
  return field !== null;
}
