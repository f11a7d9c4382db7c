import type { GateResult } from '../model.ts';
import type { ShiftReport } from '../shift-report.ts';

type Decided = Omit<GateResult, 'id'>;

/** What a person may do about a shift that closes a gate. */
export const WAY_OUT =
  'If the change is intended, retrain with --accept-shift; if not, roll the rows back with `slipway data rollback`.';

export function nothingAppended(what: 'rows' | 'values'): Decided {
  return { passed: true, observed: null, threshold: null, says: `No ${what} were appended.` };
}

/** A large shift closes the gate, unless a person said that it is intended. */
export function largeShift(
  { large, effect, says }: Pick<ShiftReport['label'], 'large' | 'effect' | 'says'>,
  accepted: boolean,
  appended: 'labels' | 'values',
): Decided {
  const more = accepted ? 'Accepted as intended.' : `Check the appended ${appended}. ${WAY_OUT}`;
  return {
    passed: !large || accepted,
    observed: effect,
    threshold: null,
    says: large ? `${says} ${more}` : says,
  };
}
