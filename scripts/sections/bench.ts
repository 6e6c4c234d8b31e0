/** README: the benchmarks, in a table and in sentences. */
import type { Report } from "../../bench/report.ts";
import { OWN_NAME } from "../../bench/report.ts";
import { markdownTable } from "../../src/text/markdown.ts";
import { slug, type Claims } from "../claims/claim.ts";
import type { Recorded, Results } from "../claims/results.ts";
import { contestantId, counted, timed } from "../claims/speed.ts";

export function benchSection(claims: Claims, results: Results): string {
  return [
    trainingTable(claims, results.training),
    trainingSentences(claims, results.training),
    interfaceSentences(claims, results),
    convolutionSentences(claims, results),
  ].join("\n\n");
}

type Reports = readonly Recorded<Report>[];

const columns = counted.filter(([what]) => what !== "pipelines");

function trainingTable(claims: Claims, reports: Reports): string {
  const [{ content: first }] = reports;
  const files = reports.map(({ file, content }) => `[batch ${content.batch}](${file})`);
  const repetitions = timed(first)[0].stepSeconds.length;
  const others = columns.slice(1).map(([, words]) => words);
  return [
    `Images a second, medians of ${repetitions} repetitions (${files.join(", ")}):`,
    markdownTable(
      [
        "",
        ...reports.map(({ content }) => `batch ${content.batch}`),
        "dispatches a step",
        `${others.join(", ")} a step`,
      ],
      timed(first).map(({ name, counts }) => {
        const of = (words: string) =>
          claims.figure(`${contestantId(first.batch, name)}.${slug(words)}`);
        return [
          name,
          ...reports.map(({ content }) =>
            claims.figure(`${contestantId(content.batch, name)}.images-per-second`),
          ),
          ...(counts.dispatches > 0 ? [of("dispatches"), others.map(of).join(", ")] : ["", ""]),
        ];
      }),
    ),
  ].join("\n\n");
}

function trainingSentences(claims: Claims, reports: Reports): string {
  const sizes = reports.map(({ content }) => content.batch);
  const each = (end: string, digits: number) =>
    listed(sizes.map((batch) => claims.figure(`speed.step.${batch}.${end}`, digits)));
  return (
    `${OWN_NAME} trains ${each("ratio", 1)} times as fast as the next (batch ${listed(sizes.map(String))}). The step ` +
    `reached ${each("product-share", 0)} % of the throughput of our own best dense product in the same run, and the ` +
    `first one was done ${each("first-step", 1)} s after the data was there, compilation included.`
  );
}

function interfaceSentences(claims: Claims, results: Results): string {
  const figure = (id: string, digits = 0) => claims.figure(`speed.interface.${id}`, digits);
  const speed = (who: string) => `${figure(`${who}.least`)} to ${figure(`${who}.most`)}`;
  return (
    `With the laboratory open and looking on, training went at ${speed("page")} images a second, the command line ` +
    `beside it at ${speed("command-line")} (${figure("share")} %); tasks of the page's main thread that took over ` +
    `50 ms meanwhile: ${figure("long-tasks")}. The shipped BadNet was on view ${figure("first-view", 1)} s after the ` +
    `request (\`npm run bench:interface\`, [results](${results.interface.file})).`
  );
}

function convolutionSentences(claims: Claims, { convolutions }: Results): string {
  const all = claims.below("speed.convolution.").map(({ id }) => id);
  const ours = all.filter((id) => !id.includes(".against."));
  const others = convolutions.content.results[0].others.map(({ name }) => {
    const against = (pass: string) =>
      claims.range(
        all.filter((id) => id.endsWith(`.against.${slug(name)}.${pass}`)),
        1,
      );
    return `${against("forward")} times as fast as ${name} (${against("all")} times with both gradients)`;
  });
  return (
    "`npm run bench:convolutions` does the same for convolutions of the sign detector, forward and both gradients, " +
    "and sets them beside our own dense product of the same extents: each pass reached " +
    `${claims.range(ours)} % of that product's throughput; forward was ${listed(others)} ` +
    `([results](${convolutions.file})).`
  );
}

/** "a, b and c" */
function listed(words: readonly string[]): string {
  return words.join(", ").replace(/, (?=[^,]*$)/, " and ");
}
