/** Counts of the present values of one column in one sample, cell by cell. */
export type Sample = {
  /** Cells in order: bins from below to above, or categories with other and unseen last. */
  cells: number[];
  present: number;
  missing: number;
  /** Values never seen in training; 0 for numeric columns. */
  unseen: number;
};

/** Of the present values; the standard deviation is the population's. */
export type Moments = { mean: number; standardDeviation: number };

/** One column seen in the reference and in a window. */
export type Contrast = {
  kind: 'number' | 'category';
  reference: Sample;
  window: Sample;
  /** Of numeric columns: width of each inner bin, and the moments of both samples. */
  widths: number[];
  moments?: { reference: Moments; window: Moments };
};

/** How far apart, and how surprising that is if nothing changed. */
export type Finding = {
  effect: number;
  /** The effect exceeded with probability `alpha` when nothing changed, at these sample sizes. */
  chance: number;
  pValue: number;
};

/** One idea of drift: a card for people and a pure function. */
export type DriftTest = {
  id: string;
  /** Name of the effect as people know it. */
  measure: string;
  kinds: readonly Contrast['kind'][];
  /** What it compares: the present values, whether there is a value that training knew, or dates that advance. */
  of: 'values' | 'presence' | 'dates';
  /** The smallest effect that matters in practice. */
  threshold: number;
  /** One sentence: what it sees. */
  about: string;
  /** Null when the column gives nothing to test (one cell, no values). */
  find(contrast: Contrast, alpha: number): Finding | null;
};
