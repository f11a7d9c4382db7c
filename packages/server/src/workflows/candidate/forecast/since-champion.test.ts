import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import type { SeriesSet } from '../../../stages/train/index.ts';
import { decideGates, type ValidationReport } from '../../../stages/validate/index.ts';
import type { CandidateInput } from '../../model.ts';
import type { Champion } from './champion-forecast.ts';
import { shiftSince } from './since-champion.ts';

const KNOWN = 96;
const YEAR = 12;

/** Months with a year, of which those that came after the champion's training have none. */
function months(appended: number): Float64Array {
  const random = seededRandom(3);
  return Float64Array.from({ length: KNOWN + appended }, (_, month) => {
    const season = month < KNOWN ? 40 * Math.sin((2 * Math.PI * month) / YEAR) : 80 * (random() - 0.5);
    return 300 + season + 8 * (random() - 0.5);
  });
}

/** The shift of appended months that lost their season, of a champion and a set with these seasons. */
function shiftOf(champion: number[], ofSet: number[]) {
  const values = months(2 * YEAR);
  const filled = new Uint8Array(values.length);
  const set = { seasons: ofSet, covariates: [], series: [{ values, filled, known: [] }] };
  return shiftSince(
    set as unknown as SeriesSet,
    { had: [KNOWN] },
    { target: 'sales' } as CandidateInput,
    { version: 4, model: { seasons: champion } } as Champion,
  );
}

describe('the season of appended values', () => {
  it('is compared by that of the champion, since values that lost it hide it from the grown set', () => {
    const { season } = shiftOf([YEAR], []);
    expect(season).toMatchObject({
      large: true,
      says: expect.stringMatching(/^The season of 12 steps is lost: /),
    });
    expect(shiftOf([YEAR], [4]).season!.says).toContain('season of 12 steps');
  });

  it('is that of the set where the champion has none, and there is nothing to compare where neither has', () => {
    expect(shiftOf([], [YEAR]).season).toMatchObject({ large: true });
    expect(shiftOf([], []).season).toMatchObject({ large: false, says: 'There is no season to compare.' });
  });

  it('closes its gate with the way out, unless the change was accepted', () => {
    const gates = [{ id: 'season-shift', kind: 'season-shift', says: '' }] as const;
    const decided = (accepted: boolean) => {
      const report = { datasets: [{ name: 'hold-out' }], shift: { ...shiftOf([YEAR], []), accepted } };
      return decideGates({ report: report as unknown as ValidationReport }, gates).results[0]!;
    };
    expect(decided(false)).toMatchObject({ passed: false });
    expect(decided(false).says).toMatch(
      /is lost: .* Check the appended values\. If the change is intended, retrain with --accept-shift;/,
    );
    expect(decided(true)).toMatchObject({
      passed: true,
      says: expect.stringMatching(/Accepted as intended\.$/),
    });
  });
});
