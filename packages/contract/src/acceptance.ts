import type { PipelineRun } from './pipeline-run-nouns.ts';

/** Gates that close because the appended rows differ from the earlier ones; that is what a person can accept. */
const ABOUT_SHIFT: readonly string[] = [
  'label-shift',
  'season-shift',
  'input-shift',
  'label-signal',
  'champion',
];
/** Gates that stay closed whatever is accepted of the rows. */
const NEVER_OPENED: readonly string[] = ['leakage', 'parity'];

/**
 * Why the rows of a pipeline run cannot be accepted, in a clause; undefined where they can: of a retraining that was refused by a gate
 * which compares its rows with the earlier ones.
 */
export function whyNotAcceptable({
  kind,
  state,
  result,
}: Pick<PipelineRun, 'kind' | 'state' | 'result'>): string | undefined {
  if (kind !== 'retrain') return 'it is no retraining';
  if (state !== 'refused' || result === null) return `it is ${state}, not refused by a gate`;
  const closed = result.gates.filter(({ passed }) => !passed).map(({ id }) => id);
  const never = closed.filter((id) => NEVER_OPENED.includes(id));
  if (never.length > 0) return `gate ${never.join(', ')} is closed whatever is accepted of the rows`;
  if (closed.some((id) => ABOUT_SHIFT.includes(id))) return undefined;
  return closed.length === 0
    ? 'no gate is closed'
    : `what is closed does not compare its rows with the earlier ones: ${closed.join(', ')}`;
}
