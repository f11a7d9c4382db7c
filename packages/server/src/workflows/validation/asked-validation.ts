import type { CandidateInput, PipelineRunRequest, ValidationAsk } from '../model.ts';

/**
 * What a pipeline run was asked about sets and gates. What a retraining was not told is as in the training of the champion: its
 * gates, and its sets, each in the version that was named or else the newest.
 */
export function askedValidation(
  request: PipelineRunRequest,
  trained: CandidateInput | undefined,
): ValidationAsk {
  if (request.kind !== 'retrain') {
    const { validateOn, gates, defaultGates } = request.ship;
    return { validateOn, gates, defaultGates };
  }
  const told = request.validation ?? {};
  return {
    validateOn:
      told.validateOn ??
      trained?.validateOn?.map(({ dataset, version, isPinned }) => ({
        name: dataset,
        version: isPinned ? version : ('latest' as const),
      })),
    gates: told.gates ?? trained?.gates,
    defaultGates: told.defaultGates ?? trained?.defaultGates,
  };
}
