/** One thing that optimisation changed: what it was before and after. */
export type Effect = { name: string; before: number; after: number };

type Rec = Record<string, unknown>;

/**
 * What optimisation changed, from the record it leaves: a pair of records `before` and `after` with the same keys,
 * or keys that hold `{ before, after }` each. `rest` is everything else in it.
 */
export function readOptimization(record: Rec): { effects: Effect[]; rest: Rec } {
  const { before, after, ...others } = record;
  if (isRec(before) && isRec(after)) {
    return { effects: pairs(before, after), rest: others };
  }
  const effects: Effect[] = [];
  const rest: Rec = {};
  for (const [name, value] of Object.entries(record)) {
    if (isRec(value) && typeof value.before === 'number' && typeof value.after === 'number') {
      effects.push({ name, before: value.before, after: value.after });
    } else rest[name] = value;
  }
  return { effects, rest };
}

function pairs(before: Rec, after: Rec, prefix = ''): Effect[] {
  return Object.entries(before).flatMap(([name, was]) => {
    const is = after[name];
    if (isRec(was) && isRec(is)) return pairs(was, is, `${prefix}${name} `);
    if (typeof was !== 'number' || typeof is !== 'number') return [];
    return [{ name: prefix + name, before: was, after: is }];
  });
}

function isRec(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
