import type { CandidateInput, PipelineRunRequest } from '../model.ts';

type Options = Pick<CandidateInput, 'task' | 'timeColumn' | 'exclude' | 'forecast' | 'wish'>;
type Retraining = Extract<PipelineRunRequest, { kind: 'retrain' }>;

/**
 * What the champion was trained with, and the columns that this retraining leaves out or allows beside its: what was said last
 * of a column holds.
 */
export function withColumnsOf(
  options: Options,
  { exclude = [], allowLeakage = [] }: Pick<Retraining, 'exclude' | 'allowLeakage'>,
): Options {
  if (exclude.length + allowLeakage.length === 0) return options;
  const { allowLeakage: allowed = [], ...wish } = options.wish ?? {};
  const kept = (before: readonly string[], now: readonly string[], otherwise: readonly string[]) => [
    ...new Set([...before.filter((name) => !otherwise.includes(name)), ...now]),
  ];
  return {
    ...options,
    exclude: kept(options.exclude, exclude, allowLeakage),
    wish: { ...wish, allowLeakage: kept(allowed, allowLeakage, exclude) },
  };
}
