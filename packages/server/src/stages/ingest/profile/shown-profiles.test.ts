import { describe, expect, it } from 'vitest';
import type { ColumnProfile } from '../model.ts';
import { shownProfiles } from './shown-profiles.ts';

function column(name: string, values: number, characters: number): ColumnProfile {
  const top = Array.from({ length: values }, (_, i) => ({ value: `${i}`.padEnd(characters, 'x'), count: 2 }));
  const counts = { rows: 100, missing: 0, distinct: values, distinctApproximate: false };
  return { name, type: 'string', role: 'categorical', ...counts, top, notes: [] };
}

const sizeOf = (profiles: readonly ColumnProfile[]) => JSON.stringify(profiles).length;

describe('the frequent values of a profile', () => {
  it('are whole where they are few', () => {
    const profiles = [column('a', 50, 30), column('b', 2, 900)];
    expect(shownProfiles(profiles)).toEqual(profiles);
  });

  it('of 4,000 columns of long texts are some, so that the control plane is not kept by them', () => {
    const shown = shownProfiles(Array.from({ length: 4_000 }, (_, i) => column(`c${i}`, 50, 300)));
    expect(sizeOf(shown)).toBeLessThan(4_000_000);
    expect(shown.every(({ top }) => top!.length > 0)).toBe(true);
    expect(shown[0]!.top![0]!.value).toHaveLength(201);
  });

  it('are fewer of the columns that have most, not of the others', () => {
    const wide = Array.from({ length: 3_999 }, (_, i) => column(`c${i}`, 50, 300));
    const classes = column('class', 20, 2);
    const shown = shownProfiles([...wide, classes]);
    expect(shown.at(-1)).toEqual(classes);
    expect(shown[0]!.top!.length).toBeLessThan(50);
  });
});
