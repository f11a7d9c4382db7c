import { describe, expect, it } from 'vitest';
import type { GateCondition } from './gate-nouns.ts';
import { formatGate, parseGate } from './parse-gate.ts';

describe('a gate as text', () => {
  it.each<[string, GateCondition]>([
    ['roc_auc>=0.8', { metric: 'roc_auc', is: '>=', value: 0.8 }],
    ['log-loss < .5', { metric: 'log-loss', is: '<', value: 0.5 }],
    ['r2 > -1e-3', { metric: 'r2', is: '>', value: -0.001 }],
    ['recall>=0.7 on orders_march', { metric: 'recall', is: '>=', value: 0.7, set: 'orders_march' }],
    [
      'f1>=0.6 where country=PT',
      { metric: 'f1', is: '>=', value: 0.6, where: [{ column: 'country', is: '=', value: 'PT' }] },
    ],
    [
      'mae<=3 on march@2 where "home country" != "New Zealand" and age>=65 and plan is not missing',
      {
        metric: 'mae',
        is: '<=',
        value: 3,
        set: 'march@2',
        where: [
          { column: 'home country', is: '!=', value: 'New Zealand' },
          { column: 'age', is: '>=', value: '65' },
          { column: 'plan', is: '!=', value: null },
        ],
      },
    ],
    [
      'selection_rate_ratio>=0.8 by "on sale"',
      { metric: 'selection_rate_ratio', is: '>=', value: 0.8, by: 'on sale' },
    ],
    [
      "f1>=0 where mark='a \\'b\\' and c'",
      { metric: 'f1', is: '>=', value: 0, where: [{ column: 'mark', is: '=', value: "a 'b' and c" }] },
    ],
  ])('%s is read', (text, gate) => {
    expect(parseGate(text)).toEqual(gate);
    const again = parseGate(formatGate(gate));
    expect(formatGate(again)).toBe(formatGate(gate));
    expect(again).toMatchObject({ is: gate.is, value: gate.value });
  });

  it.each([
    ['roc-auc', 'is not METRIC, a comparison and a number'],
    ['roc-auc = 0.8', '= is not one of'],
    ['roc-auc >= high', 'high is not a number'],
    ['roc-auc >= 0.8 march', 'after the number march is none of'],
    ['f1>=0.6 on', 'is followed by one name'],
    ['f1>=0.6 on a on b', 'two clauses "on"'],
    ['f1>=0.6 where country', 'after "where" comes a column'],
    ['f1>=0.6 where country=New Zealand', 'Zealand follows a value'],
    ['f1>=0.6 where a=1 by b', 'a slice and the groups of a column'],
    ['f1>=0.6 where a="b', 'cannot be read from'],
  ])('%s is refused and says why', (text, reason) => {
    expect(() => parseGate(text)).toThrow(reason);
  });
});
