/** Remembers the latest answer of a function that is asked again and again for the same value. */
export function memo<Value, Answer>(
  compute: (value: Value) => Answer,
  keyOf: (value: Value) => unknown = (value) => value,
): (value: Value) => Answer {
  let latest: { readonly key: unknown; readonly answer: Answer } | null = null;
  return (value) => {
    const key = keyOf(value);
    if (!latest || latest.key !== key) latest = { key, answer: compute(value) };
    return latest.answer;
  };
}
