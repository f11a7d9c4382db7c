import { describe, expect, it } from 'vitest';
import { confirmDrift, type EarlierTraffic, isConfirmed } from './confirm-drift.ts';
import type { ColumnDrift, DriftReport } from './model.ts';

function reportOf(drifted: boolean, pValue = 1e-4, effect = 0.3): DriftReport {
  const column = {
    name: 'age',
    drifted,
    tests: [{ test: 'psi', drifted, pValue, effect, threshold: 0.1 }],
    says: 'age is higher.',
  } as unknown as ColumnDrift;
  return { columns: [column], scores: [] as ColumnDrift[] } as DriftReport;
}

const NONE: EarlierTraffic = { previous: null, own: null };
const own = (firstWeek: boolean, sameWeekday: DriftReport | null, wholeWeek: DriftReport | null) => ({
  own: { firstWeek, sameWeekday, wholeWeek },
});

describe('drift becomes an alert', () => {
  it.each<[string, number, Partial<EarlierTraffic>, string, boolean]>([
    ['at once, by evidence that a month of looks would not show by chance', 1e-9, {}, 'strong', true],
    ['not at once, by evidence that chance shows now and then', 1e-4, {}, 'pending', false],
    ['when the window before had it too', 1e-4, { previous: reportOf(true) }, 'repeated', true],
    ['not when the window before was clean', 1e-4, { previous: reportOf(false) }, 'pending', false],
    [
      'not when the same weekday of earlier weeks had it and the whole week is clean',
      1e-9,
      own(false, reportOf(false), reportOf(false)),
      'weekly',
      false,
    ],
    ['when the whole week has it', 1e-9, own(false, reportOf(false), reportOf(true)), 'strong', true],
    [
      'when earlier weeks did not have it, by as strong evidence',
      1e-9,
      own(false, reportOf(true, 1e-9), reportOf(false)),
      'strong',
      true,
    ],
    [
      'not when earlier weeks had nearly as much of it',
      1e-9,
      { previous: reportOf(true), ...own(false, reportOf(true, 1e-4), reportOf(false)) },
      'pending',
      false,
    ],
    ['not in the first week of an endpoint without dates', 1e-9, own(true, null, null), 'first-week', false],
    ['at once where there is no earlier traffic at all', 1e-9, own(false, null, null), 'strong', true],
  ])('%s', (_, pValue, earlier, confirmation, alerts) => {
    const [column] = confirmDrift(reportOf(true, pValue), { ...NONE, ...earlier }).columns;
    expect(column).toMatchObject({ confirmation });
    expect(isConfirmed(column!)).toBe(alerts);
  });

  it('in the first week without dates where the effect is larger than those of weekly cycles', () => {
    const firstWeek = { ...NONE, ...own(true, null, null) };
    const confirmations = [1.9, 2.2].map(
      (effect) => confirmDrift(reportOf(true, 1e-9, effect), firstWeek).columns[0]!.confirmation,
    );
    expect(confirmations).toEqual(['first-week', 'strong']);
  });

  it('at twice its limit where nothing tells the weekdays apart', () => {
    const nothing = { ...NONE, ...own(false, null, null) };
    const confirmations = [0.19, 0.21].map(
      (effect) => confirmDrift(reportOf(true, 1e-9, effect), nothing).columns[0]!.confirmation,
    );
    expect(confirmations).toEqual(['pending', 'strong']);
  });

  it('says so where it waits', () => {
    expect(confirmDrift(reportOf(true), NONE).columns[0]!.says).toBe(
      'age is higher. Found once: an alert opens when the next window shows it too.',
    );
    expect(confirmDrift(reportOf(false), NONE).columns[0]).not.toHaveProperty('confirmation');
  });
});
