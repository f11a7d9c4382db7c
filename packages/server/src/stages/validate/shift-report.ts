import type { Interval } from './interval.ts';

/** Names of the two sets on which champion and challenger are compared, beside the whole hold-out, which is the first. */
export const ORIGINAL_HOLDOUT = 'original hold-out';
export const RECENT_ROWS = 'recent rows';

/** How far the distribution of one column of the appended rows is from that of the earlier rows. */
export type ColumnShift = {
  column: string;
  /** Beyond chance at these sample sizes, and enough to matter in practice. */
  shifted: boolean;
  /** `none`, or how much the shift matters by the champion's reliance on the column. */
  level: 'none' | 'note' | 'warning' | 'critical';
  /** The name of the effect, such as `PSI`; null where there was nothing to test. */
  measure: string | null;
  effect: number | null;
  pValue: number | null;
  says: string;
};

/** A model on one set of rows: the primary metric, and what it gains over a constant prediction fitted to those rows. */
export type Skill = {
  rows: number;
  primary: Interval;
  /** In the primary metric, positive is better. */
  gain: Interval;
  /** Of classification: log loss saved; null for numbers. */
  logLossGain: Interval | null;
};

/** How the inputs relate to the target, as far as models show it. */
export type Relation = {
  /** The champion on its own hold-out, and on the appended rows. */
  holdout: Skill;
  appended: Skill;
  /**
   * A simple model of the appended training rows alone on the held-out others; only where neither champion nor challenger
   * predicts the appended labels, to tell a changed relation from labels without signal.
   */
  alone?: Skill;
};

/** What differs between the rows that the champion's training had and the labelled rows that were appended since. */
export type ShiftReport = {
  /** Version of the champion. */
  champion: number;
  /** Labelled rows of both. */
  rows: { before: number; appended: number };
  /** Of the target. `large`: an effect that Cohen (1988) calls large. */
  label: ColumnShift & { large: boolean };
  /** Of forecasts, whose `label` is the level of the values: their season. `large`: it is lost. */
  season?: ColumnShift & { large: boolean };
  /** `broken`: what looks like a fault of the feed, in a sentence; null when nothing does. Most severe column first. */
  inputs: { columns: ColumnShift[]; broken: string | null; enough: boolean };
  /** Null where not measurable. */
  relation: Relation | null;
  /** A person said that the appended rows differ on purpose. */
  accepted: boolean;
  /** Of rows that were refused before: who accepted them, and why. */
  acceptance?: { by: string; reason: string };
  says: string;
};
