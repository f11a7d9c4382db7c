import { isBeyondChance, logChanceOfOverlap, type Overlap } from './beyond-chance.ts';

/** Rows of a column and of a class that may differ for the two to count as the same but for a few rows. */
const MOST_DIFFERENT = 1 / 500;
/** … and of the rows of the class, or of those that the column marks. */
const MOST_DIFFERENT_WITHIN = 1 / 100;
/** For whether a value is there at all, which is no measurement, this is enough in each of the four shares. */
const LEAST_PRESENCE_AGREEMENT = 0.95;
/** … and so much of the marked rows and of the other rows, where the mark is on every row of the class. */
const LEAST_AGREEMENT_BESIDE_ALL = 0.9;
/** Odds of the class among marked rows against those of the table, at least, at the end of the 95 % interval. */
const LEAST_ODDS_RATIO = 20;
/** Where nearly all rows are of one class, nearly all of any rows are. */
const MOST_BASE_SHARE = 0.9;

/** How many rows may differ for two columns of so many rows to be the same but for a few. */
export function fewOf(rows: number): number {
  return Math.floor(rows * MOST_DIFFERENT);
}

/** Whether a mark and a class are on the same rows but for a few, of either and of both. */
export function isSameButForFew({ rows, inClass, marked, both }: Overlap): boolean {
  return (
    inClass + marked - 2 * both <= fewOf(rows) &&
    inClass - both <= inClass * MOST_DIFFERENT_WITHIN &&
    marked - both <= marked * MOST_DIFFERENT_WITHIN
  );
}

/**
 * Whether rows are marked just where they are of the class, beyond chance: 95 % of those on either side of both; or all of the
 * class (but for 1 in 500), and 90 % of the marked rows and of the rows beside the class agree. What every row of a class needs
 * to be one, few others have: an offence within five years, of those that offended within two.
 */
export function coincides(overlap: Overlap, tries: number): boolean {
  const { rows, inClass, marked, both } = overlap;
  const neither = rows - inClass - marked + both;
  const [ofClass, ofMarked] = [both / inClass, both / marked];
  const [ofOthers, ofUnmarked] = [neither / (rows - inClass), neither / (rows - marked)];
  const least = inClass - both <= fewOf(inClass) ? LEAST_AGREEMENT_BESIDE_ALL : LEAST_PRESENCE_AGREEMENT;
  return (
    [ofClass, ofMarked, ofOthers, ofUnmarked].every((share) => share >= least) &&
    isBeyondChance(logChanceOfOverlap(overlap), tries)
  );
}

/**
 * Whether only rows of the class are marked, be it few of them: at most one marked row in 500 is not, the odds of the class
 * are certainly 20 times those of the table, and chance is ruled out. "Certainly" is the upper end of the 95 % interval of
 * the exceptions: 3 where none was seen (the rule of three), and about e + 3 + 2 √e where e were.
 */
export function marksOnlyClass(overlap: Overlap, tries: number): boolean {
  const { rows, inClass, marked, both } = overlap;
  const exceptions = marked - both;
  const base = inClass / rows;
  if (base > MOST_BASE_SHARE || exceptions > fewOf(marked)) return false;
  const most = exceptions + 3 + 2 * Math.sqrt(exceptions);
  const odds = (marked - most) / most;
  return odds >= (LEAST_ODDS_RATIO * base) / (1 - base) && isBeyondChance(logChanceOfOverlap(overlap), tries);
}
