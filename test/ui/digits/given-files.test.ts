/** What readers drop is told by name and content, and what it cannot be is said in words. */
import { describe, expect, it } from "vitest";
import { readGiven } from "../../../src/ui/digits/given-files.ts";
import { userError } from "../../data/samples.ts";

const file = (name: string, content: string) => new File([content], name);

describe("files given to the page", () => {
  it("are data, a checkpoint or a profile", async () => {
    const data = await readGiven([file("train-images-idx3-ubyte.gz", "x")]);
    expect(data.kind).toBe("data");
    expect((await readGiven([file("a.safetensors", "x")])).kind).toBe("checkpoint");
    const text = `{"format":"badnets-profile","version":1}`;
    expect(await readGiven([file("p.json", text)])).toEqual({
      kind: "profile",
      name: "p.json",
      text,
    });
  });

  it("are refused by name where they are nothing of the kind", async () => {
    for (const content of ["", "{", "{}", "null", `{"format":"badnets-result"}`]) {
      const message = await userError(async () => await readGiven([file("some.json", content)]));
      expect(message).toContain("some.json is not a file of a digit data set");
    }
  });

  it("are refused where they do not go together", async () => {
    const png = new File([Uint8Array.from([0x89, 80, 78, 71, 13, 10, 26, 10])], "a.png");
    const message = await userError(
      async () => await readGiven([png, file("train-images-idx3-ubyte", "x")]),
    );
    expect(message).toContain("Drop a picture alone");
  });

  it("of too many pixels are refused before they are decoded", async () => {
    const head = [0x89, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82];
    const bomb = new File([Uint8Array.from([...head, 0, 0, 0x80, 0, 0, 0, 0x80, 0])], "bomb.png");
    const message = await userError(async () => await readGiven([bomb]));
    expect(message).toContain("bomb.png has 32768 x 32768 pixels; at most 64 million are read.");
  });
});
