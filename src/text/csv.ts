/** Tables as CSV (RFC 4180) that spreadsheets may open: no text in them is taken for a formula. */

export type CsvValue = string | number | null | undefined;

/** A line for each row; nothing at all where there is none. */
export function csvTable(rows: readonly (readonly CsvValue[])[]): string {
  return rows.map((row) => `${row.map(csvField).join(",")}\n`).join("");
}

/** Records as a table under their first one's names; nothing at all where there is none. */
export function csvRecords(records: readonly Readonly<Record<string, CsvValue>>[]): string {
  if (records.length === 0) return "";
  const head = Object.keys(records[0]);
  return csvTable([head, ...records.map((record) => head.map((name) => record[name]))]);
}

/** One value; null and undefined leave the field empty. */
export function csvField(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = isFormula(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What a spreadsheet would compute, also behind spaces; a number is only itself. */
function isFormula(text: string): boolean {
  return (
    /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) &&
    !/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)
  );
}
