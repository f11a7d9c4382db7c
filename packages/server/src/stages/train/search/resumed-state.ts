import type { JournalEntry, TrialJournal } from '../ports.ts';
import type { Budget } from './budget.ts';
import type { Plan } from './plan.ts';
import type { SearchConfiguration } from './search-configuration.ts';
import type { SearchState } from './search-state.ts';

/** What a search did before its process was killed. */
export type ResumedState = {
  plan: Plan | undefined;
  entries: JournalEntry[];
  /** Seconds of the budget that were spent. */
  elapsed: number;
};

const NONE: ResumedState = { plan: undefined, entries: [], elapsed: 0 };

/** Of the journal what belongs to this very search: nothing when it was begun with other data or another wish. */
export async function resumedState(journal: TrialJournal, fingerprint: string): Promise<ResumedState> {
  const entries = await journal.read();
  const begin = entries.findLastIndex((entry) => entry.kind === 'plan');
  const plan = entries[begin];
  if (plan?.kind !== 'plan' || plan.fingerprint !== fingerprint) return NONE;
  const since = entries.slice(begin);
  return { plan: plan.plan, entries: since, elapsed: Math.max(...since.map((entry) => entry.elapsed)) };
}

export function planEntry(
  state: SearchState,
  goal: SearchConfiguration,
  plan: Plan,
  budget: Budget,
): JournalEntry {
  return { kind: 'plan', plan, fingerprint: fingerprintOf(state, goal), elapsed: budget.elapsed() };
}

/** Increased when the entries change, so that the journal of an earlier version is not resumed. */
const JOURNAL_FORMAT = 2;

/** Tells searches apart: a hash (FNV-1a) of target, a sample of each column, and what was asked for. */
export function fingerprintOf(
  { data, seed, selection, forward, folds }: SearchState,
  goal: SearchConfiguration,
): string {
  const { metric, quantile = '' } = selection;
  const asked = [JOURNAL_FORMAT, seed, metric.id, quantile, forward, JSON.stringify(goal)].join(' ');
  let hash = 0x811c9dc5;
  const mix = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  for (let i = 0; i < asked.length; i++) mix(asked.charCodeAt(i));
  const bits = new Int32Array(2);
  const double = new Float64Array(bits.buffer);
  const mixNumber = (value: number) => {
    double[0] = value;
    mix(bits[0]!);
    mix(bits[1]!);
  };
  for (const value of data.target) mixNumber(value);
  for (const column of data.features.columns)
    for (let row = 0; row < column.length; row += 97) mixNumber(column[row]!);
  for (const { validation } of folds) mixNumber(validation[0] ?? -1);
  return `${data.features.rows}x${data.features.columns.length}-${(hash >>> 0).toString(16)}`;
}

/** Keeps nothing: for searches that nobody will take up again. */
export const forgetful: TrialJournal = { read: async () => [], append: async () => undefined };
