import { primaryLoss } from '../primary-loss.ts';
import type { SearchState } from '../search-state.ts';
import { bagSize, MOST_LEAVES, sizeOfBag } from './bag-size.ts';
import { meanOf, standardErrorOf } from './mean-of.ts';
import { ensembleMargins, type Member, renormalised, sizeOf } from './member.ts';

/**
 * Standard errors of the difference that a member must lower the loss by to be kept in a blend that is too large. A
 * member with trees costs latency, size and time to load for as long as the model lives; less than this may be chance.
 */
const WORTH_STANDARD_ERRORS = 1;

/** Parts of the rows whose losses the standard error is taken from. */
const PARTS = 20;

/**
 * Where a blend has more than {@link MOST_LEAVES}, the blend without members that buy too little for their size, the
 * largest tried first. Each try is held against the whole blend, so that small losses do not add up to a large one. What has
 * more than `mostLeaves` even so loses further members, whatever they buy.
 */
export function pruneEnsemble(
  state: SearchState,
  members: readonly Member[],
  rows: Int32Array,
  mostLeaves = Number.POSITIVE_INFINITY,
): Member[] {
  return withinLeaves(state, withoutIdlers(state, members, rows), rows, mostLeaves);
}

function withoutIdlers(state: SearchState, members: readonly Member[], rows: Int32Array): Member[] {
  if (isSmall(members)) return [...members];
  const parts = partsOf(rows);
  const losses = (of: readonly Member[]) => {
    const margins = ensembleMargins(of);
    return parts.map((part) => primaryLoss(state, margins, part));
  };
  const whole = losses(members);
  const bySize = members.toSorted((a, b) => sizeOf(b.trial) - sizeOf(a.trial));
  let kept = [...members];
  for (const member of bySize) {
    if (isSmall(kept) || kept.length === 1) break;
    const without = renormalised(kept.filter((other) => other !== member));
    const differences = losses(without).map((loss, i) => loss - whole[i]!);
    if (meanOf(differences) < WORTH_STANDARD_ERRORS * standardErrorOf(differences))
      kept = kept.filter((other) => other !== member);
  }
  return renormalised(kept);
}

/**
 * Leaves out the members that the blend loses least by, until one fit of each of the rest has at most `mostLeaves` together: members
 * that err differently are worth more than fold models of one of them.
 */
function withinLeaves(
  state: SearchState,
  members: readonly Member[],
  rows: Int32Array,
  mostLeaves: number,
): Member[] {
  const isTooLarge = (of: readonly Member[]) =>
    of.length > 1 && sizeOfBag(of, bagSize(of, mostLeaves)) > mostLeaves;
  let kept = [...members];
  while (isTooLarge(kept)) {
    const without = kept.map((member) => renormalised(kept.filter((other) => other !== member)));
    const losses = without.map((of) => primaryLoss(state, ensembleMargins(of), rows));
    kept = without[losses.indexOf(Math.min(...losses))]!;
  }
  return kept;
}

function isSmall(members: readonly Member[]): boolean {
  return sizeOfBag(members, bagSize(members)) <= MOST_LEAVES;
}

function partsOf(rows: Int32Array): Int32Array[] {
  const count = Math.min(PARTS, rows.length);
  return Array.from({ length: count }, (_, part) => rows.filter((_row, i) => i % count === part));
}
