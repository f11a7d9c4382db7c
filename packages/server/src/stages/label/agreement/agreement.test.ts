import { describe, expect, it } from 'vitest';
import { agreementOf } from './agreement-of.ts';
import { cohenKappa } from './cohen-kappa.ts';
import { krippendorffAlpha } from './krippendorff-alpha.ts';

/** Krippendorff's example of four observers and twelve units (2011, section C); NaN: did not answer. */
const N = Number.NaN;
const OBSERVERS = [
  [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
  [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
  [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
  [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
];

const UNITS = OBSERVERS[0]!.map((_, unit) =>
  OBSERVERS.map((answers) => answers[unit]!)
    .filter((answer) => !Number.isNaN(answer))
    .map(String),
);

describe("Krippendorff's alpha", () => {
  it('is 0.743 for his example with missing answers', () => {
    expect(krippendorffAlpha(UNITS)).toBeCloseTo(0.743421052631579, 12);
  });

  it('is 0.849 for the same answers taken as numbers (section E)', () => {
    expect(krippendorffAlpha(UNITS, 'interval')).toBeCloseTo(0.849, 3);
  });

  it('is undefined where nobody answered the same task, or all answers are one', () => {
    expect(krippendorffAlpha([['a'], ['b']])).toBeNaN();
    expect(
      krippendorffAlpha([
        ['a', 'a'],
        ['a', 'a'],
      ]),
    ).toBeNaN();
  });
});

it("Cohen's kappa agrees with scikit-learn", () => {
  const pairs = [...'aabbcaabca'].map((answer, i) => [answer, 'aabccabbca'[i]!] as const);
  expect(cohenKappa(pairs)).toBeCloseTo(0.6923076923076923, 12);
});

it('compares every two people on the tasks they have in common; skips do not count', () => {
  const submit = (taskId: string, person: string, value: string | null) => ({
    queueId: 'q',
    taskId,
    person,
    personName: person,
    value,
    reason: null,
    at: '2026-01-01T00:00:00.000Z',
  });
  const agreement = agreementOf([
    submit('1', 'ann', 'yes'),
    submit('1', 'bob', 'yes'),
    submit('2', 'ann', 'no'),
    submit('2', 'bob', 'no'),
    submit('3', 'ann', 'no'),
    submit('3', 'cid', 'yes'),
    submit('4', 'bob', null),
  ]);
  expect(agreement.observed).toBeCloseTo(2 / 3, 12);
  expect(agreement.pairs).toEqual([
    { people: ['ann', 'bob'], tasks: 2, cohenKappa: 1 },
    { people: ['ann', 'cid'], tasks: 1, cohenKappa: 0 },
  ]);
});
