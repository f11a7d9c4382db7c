/** A value with its 95 % bootstrap interval. */
export type Interval = { value: number; low: number; high: number };
