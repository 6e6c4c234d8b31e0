/** Figures as files: whole SVG documents that need nothing else and hold nothing of the page. */
import { html, nothing, svg } from "lit";
import { describe, expect, it } from "vitest";
import { figureFile } from "../../src/figures/static.ts";

const whole = (content: ReturnType<typeof svg>) =>
  figureFile({ label: "test", width: 10, height: 20, content });
/** What stands between ground and end. */
const inside = (content: ReturnType<typeof svg>) =>
  whole(content).split("\n").slice(3, -2).join("\n");

describe("a template as a file", () => {
  it("has its texts and attributes escaped", () => {
    expect(inside(svg`<text x=${1} id=${'a"b'}>${"1 < 2 & 3"}</text>`)).toBe(
      '<text x="1" id="a&quot;b">1 &lt; 2 &amp; 3</text>',
    );
  });

  it("has nothing of handlers, properties, and what is nothing", () => {
    expect(
      inside(
        svg`<g a=${nothing} @click=${() => 1} .value=${2} ?open=${true} ?shut=${false}>${nothing}${null}</g>`,
      ),
    ).toBe('<g open=""></g>');
  });

  it("keeps parts of an attribute together, and the order of lists", () => {
    expect(inside(svg`<g b="x ${1} y">${[1, 2].map((n) => svg`<a n=${n}></a>`)}</g>`)).toBe(
      '<g b="x 1 y"><a n="1"></a>\n<a n="2"></a></g>',
    );
  });

  it("is an SVG with its size and its name", () => {
    const text = whole(svg`<g></g>`);
    expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 10 20"/);
    expect(text).toContain("<title>test</title>");
    expect(html`<p></p>`.strings).toHaveLength(1);
  });
});
