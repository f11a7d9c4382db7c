/** Calls of one kind that an endpoint had within a few seconds. */
export type CallCount = {
  /** Of the first of them, UTC ISO 8601 with milliseconds. */
  ts: string;
  /** Which version answered or would have; null where the call was refused before that was known. */
  version: number | null;
  /** As in the prediction log. */
  deployment?: string;
  count: number;
  /** Why they were refused; left out of those that were answered. `column` is one of the model's, never a caller's word. */
  refused?: { code: string; column: string | null };
};

export function isCallCount(value: unknown): value is CallCount {
  if (typeof value !== 'object' || value === null) return false;
  const { ts, count } = value as Partial<CallCount>;
  return typeof ts === 'string' && typeof count === 'number';
}
