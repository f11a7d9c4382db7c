import type { SeriesSet } from '../../../stages/train/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateSet } from '../../model.ts';
import { type LaterSet, laterOrUsedUp, laterSet } from './later-set.ts';
import { readSeriesSet, type SeriesForm } from './read-series-set.ts';

/** A further set of a forecast, read: values that are measured and never fitted on. */
export type ForecastSetRows = LaterSet & { name: string };

/** A set whose values the training has learnt from, and what to do about it. */
export type UsedUpSet = { set: string; says: string };

/**
 * Reads the further sets of a forecast, before the search begins. A set that a retraining has from the champion's training may be used
 * up by the values that were appended since: it is left out, so that the forecast can go on from them. Throws `validation.unfit`, also for
 * a set that was named for this training and has no newer value.
 */
export async function candidateForecastSets(
  sets: readonly CandidateSet[] = [],
  set: SeriesSet,
  form: SeriesForm,
  ports: Pick<JobPorts, 'objects' | 'tables' | 'limits'>,
  signal: AbortSignal,
): Promise<{ sets: ForecastSetRows[]; usedUp: UsedUpSet[] }> {
  const { frequency, horizon, covariates } = set;
  const series = set.series.map(({ key, start, values }) => ({
    ...{ key, end: start + values.length - 1 },
    recent: [],
  }));
  const read: ForecastSetRows[] = [];
  const usedUp: UsedUpSet[] = [];
  for (const { set: name, dataset, version, manifest, isInherited } of sets) {
    const found = await readSeriesSet({ dataset, manifest }, form, ports, signal);
    const columns = form.inputs.length + 1;
    const newerOf = isInherited ? laterOrUsedUp : laterSet;
    const later = newerOf({ frequency, horizon, covariates, series }, set, found, {
      ...{ dataset, version, columns },
    });
    if ('usedUp' in later) usedUp.push({ set: name, says: usedUpSays(name, later.usedUp) });
    else read.push({ name, ...later });
  }
  return { sets: read, usedUp };
}

function usedUpSays(set: string, reason: string): string {
  return `The set ${set} was not measured: ${reason}, so it is used up. Append newer values to it, or retrain with --validate-on and another dataset.`;
}
