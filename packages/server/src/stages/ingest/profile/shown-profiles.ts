import type { ColumnProfile } from '../model.ts';
import { cutText, SHOWN } from '../shown-rows.ts';

/** Frequent values of a column at most. */
export const TOP_VALUES = 50;
/** Characters of the frequent values of all columns together, and of what stands around each: the control plane holds a profile as a whole. */
const TOP_CHARACTERS = 2_000_000;
const AROUND_A_VALUE = 20;
/** Choices of a label are no longer. */
const SHORTEST_TOP = 200;

/** Profiles with their frequent values as they are shown: texts cut, and where all would be too much, fewer of the columns that have most. */
export function shownProfiles(profiles: readonly ColumnProfile[]): ColumnProfile[] {
  const most = Math.floor(TOP_CHARACTERS / (profiles.length * TOP_VALUES));
  const characters = Math.min(SHOWN.charactersOfText, Math.max(SHORTEST_TOP, most));
  const cut = profiles.map((profile) => ({
    profile,
    top: profile.top?.map(({ value, count }) => ({ value: cutText(value, characters), count })),
  }));
  const share = largestShare(cut.map(({ top = [] }) => charactersOf(top)));
  return cut.map(({ profile, top }) =>
    top === undefined ? profile : { ...profile, top: within(top, share) },
  );
}

type Counted = { value: string; count: number };

function charactersOf(top: readonly Counted[]): number {
  return top.reduce((sum, { value }) => sum + value.length + AROUND_A_VALUE, 0);
}

/** As many characters as each column may have so that all together keep to the limit; columns that need less leave the rest to others. */
function largestShare(sizes: readonly number[]): number {
  let left = TOP_CHARACTERS;
  const ascending = sizes.toSorted((a, b) => a - b);
  for (const [i, size] of ascending.entries()) {
    const share = left / (sizes.length - i);
    if (size > share) return share;
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}

/** The first values, most frequent first, one at least. */
function within(top: readonly Counted[], share: number): Counted[] {
  let left = share;
  const end = top.findIndex((one, i) => {
    left -= charactersOf([one]);
    return i > 0 && left < 0;
  });
  return end < 0 ? [...top] : top.slice(0, end);
}
