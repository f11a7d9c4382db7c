/**
 * What a refusal repeats of a value that a caller sent, at most `most` characters. Of lists and objects it says only that they are:
 * as text they may be as deep as they like, and an object of JSON may hold a `toString` that cannot be called.
 */
export function shownValue(value: unknown, most = 100): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, most);
}
