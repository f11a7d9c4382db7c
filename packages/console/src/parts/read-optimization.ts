import { defineOwn } from '@slipway/contract';
/** One thing that optimisation changed: what it was before and after. */
export type Effect = { name: string; before: number; after: number };

type Rec = Record<string, unknown>;

export type OptimizationRead = {
  /** What was tried, first as trained. */
  variants: Rec[];
  /** Name of the variant that was taken. */
  chosen: string | undefined;
  effects: Effect[];
  rest: Rec;
};

/** What optimisation tried and took, from the record that it leaves. What is not recognised is in `rest`. */
export function readOptimization(record: Rec): OptimizationRead {
  const { table, chosen, ...others } = record;
  const variants = Array.isArray(table) && table.every(isRec) ? table : [];
  const effects: Effect[] = [];
  const rest: Rec = {};
  for (const [name, value] of Object.entries(others)) {
    if (isRec(value) && typeof value.before === 'number' && typeof value.after === 'number') {
      const metric = typeof value.metric === 'string' ? ` ${value.metric}` : '';
      effects.push({ name: `${name}${metric}`, before: value.before, after: value.after });
    } else defineOwn(rest, name, value);
  }
  return { variants, chosen: typeof chosen === 'string' ? chosen : undefined, effects, rest };
}

function isRec(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
