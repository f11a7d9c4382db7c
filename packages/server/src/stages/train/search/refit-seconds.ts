import type { ChosenConfiguration, ChosenMember } from './suggest/chosen-configuration.ts';

/**
 * What an estimate of a refit is multiplied by. It errs on the side of too much already: the fits of the search took some
 * rounds more to see that no further ones help.
 */
const MARGIN = 1.1;

type Timed = Pick<ChosenConfiguration, 'folds' | 'rowsOfFit' | 'concurrency'> & {
  members: readonly Pick<ChosenMember, 'fits' | 'seconds'>[];
};

/** Wall-clock seconds that a refit on so many rows is expected to take, by what the fits of the search took. */
export function refitSeconds({ members, folds, rowsOfFit, concurrency }: Timed, rows: number): number {
  const seconds = members.flatMap(({ fits, seconds: ofFit }) => {
    const learnt = fits === 1 ? rows : (rows * (folds - 1)) / folds;
    return Array.from({ length: fits }, () => (ofFit * learnt) / rowsOfFit);
  });
  const total = seconds.reduce((sum, one) => sum + one, 0);
  return MARGIN * Math.max(total / concurrency, ...seconds);
}
