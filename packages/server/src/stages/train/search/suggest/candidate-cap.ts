/**
 * Candidates at most, by rows: with few rows, trying more mostly finds what fits the validation rows by chance
 * (the caps follow AutoGluon's).
 */
const CAPS: readonly { rows: number; candidates: number }[] = [
  { rows: 300, candidates: 6 },
  { rows: 1000, candidates: 12 },
  { rows: 2500, candidates: 20 },
  { rows: 10_000, candidates: 40 },
  { rows: Number.POSITIVE_INFINITY, candidates: 100 },
];

export function candidateCap(rows: number): number {
  return CAPS.find((cap) => rows <= cap.rows)!.candidates;
}
