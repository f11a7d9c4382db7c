import {
  type ForecastModel,
  isAlike,
  naiveBaseline,
  type Projection,
  type TrainedForecast,
} from '../../../stages/train/index.ts';
import {
  DATA_GATES,
  decideGates,
  FORECAST_GATES,
  type ValidationReport,
} from '../../../stages/validate/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput } from '../../model.ts';
import { gatesOf } from '../../validation/gates-of.ts';
import type { Told } from '../stage-reporter.ts';
import { type Champion, championAhead, fitChampion } from './champion-forecast.ts';
import { type Against, forecastReport } from './forecast-report.ts';
import type { PreparedForecast } from './prepare-forecast.ts';
import { growthOfSeries, originalHoldout, shiftSince } from './since-champion.ts';

export type JudgedForecast = {
  /** What is to answer, as it was measured: the forecast just fitted, or the champion's fitted on the same values. */
  model: ForecastModel;
  label: string;
  report: ValidationReport;
  /** What was said of the steps held out. */
  heldOut: Float64Array;
  backtests: { model: number; baseline: number };
  /** The champion, where its models are kept; null where those just fitted answer. */
  kept: Champion | null;
  /** Why gates are closed for what was fitted anew, where the champion goes on from the new values in its place. */
  rolled: { version: number; says: string } | null;
};

type Judging = Pick<JobPorts, 'clock'> & { signal: AbortSignal };

/**
 * Measures the forecast on the steps held out and on further sets, beside the best naive forecast and, where its steps are alike,
 * the champion on the same steps: on those that came after its training, and on its own hold-out. Where the
 * champion is the better one its models are kept, and where gates are closed for the new ones too: they are fitted on the
 * new values and go on from their end, since time has passed in any case. Not so where the new values themselves are refused.
 */
export function judgeForecast(
  prepared: PreparedForecast,
  trained: TrainedForecast,
  input: CandidateInput,
  answering: Champion | null,
  ports: Judging,
): Told<JudgedForecast> {
  const { set, held } = prepared;
  const champion = answering !== null && isAlike(answering.model.frequency, set.frequency) ? answering : null;
  const against = againstOf(prepared, trained, input, champion, ports);
  const { fitted, original, baseline } = against;
  const backtests = { model: errorOfEnsemble(trained), baseline: baseline.mase };
  const ours = { model: trained.model, before: original?.candidate ?? null };
  const { report, said } = forecastReport(prepared, ours, against);
  const gates = gatesOf(input, FORECAST_GATES);
  const verdict = decideGates({ report, backtests }, gates);
  const isDataRefused = verdict.results.some(({ id, passed }) => !passed && DATA_GATES.includes(id));
  const canGoOn =
    champion !== null && fitted !== null && champion.model.horizon === set.horizon && !isDataRefused;
  if (verdict.passed || !canGoOn) {
    const { model, label } = trained;
    const heldOut = heldOutBy(said, held);
    return told({ model, label, report, heldOut, backtests, kept: null, rolled: null }, input, verdict.says);
  }
  const theirs = { model: fitted, before: original?.champion ?? null };
  const again = forecastReport(prepared, theirs, against);
  const isRefused = !decideGates({ report: again.report, backtests }, gates).passed;
  const mase = report.datasets[0]!.metrics.mase?.toFixed(4);
  const value: JudgedForecast = {
    model: fitted,
    label: champion.label,
    report: again.report,
    heldOut: heldOutBy(again.said, held),
    backtests,
    kept: champion,
    rolled: isRefused ? { version: champion.version, says: verdict.says } : null,
  };
  return told(
    value,
    input,
    isRefused
      ? `What was fitted anew is refused: ${verdict.says} The models of version ${champion.version} answer as before, fitted on the new values and from their end on.`
      : `What was fitted anew came to mase ${mase}, so the models of version ${champion.version} are kept, fitted on the new values.`,
  );
}

function againstOf(
  prepared: PreparedForecast,
  trained: TrainedForecast,
  input: CandidateInput,
  champion: Champion | null,
  ports: Judging,
): Against {
  const { set, held } = prepared;
  const baseline = naiveBaseline(held.training);
  const growth = growthOfSeries(set, champion, input);
  const nobody = set.series.map(() => null);
  if (champion === null)
    return {
      ...{ champion, baseline, growth, input, ahead: nobody },
      ...{ fitted: null, original: null, shift: null },
    };
  const fitted = fitChampion(champion, held.training, input, ports).model;
  const both = { candidate: trained.model, champion: champion.model };
  return {
    ...{ champion, fitted, baseline, growth, input },
    ahead: championAhead(champion, fitted, prepared),
    original: growth && originalHoldout(set, growth, both, input, ports),
    shift: growth && shiftSince(set, growth, input, champion),
  };
}

function told(value: JudgedForecast, input: CandidateInput, says: string): Told<JudgedForecast> {
  const holdout = value.report.datasets[0]!;
  const { primary } = holdout;
  const { report, backtests } = value;
  const verdict = decideGates({ report, backtests }, gatesOf(input, FORECAST_GATES));
  return {
    value,
    says: `mase ${primary.value.toFixed(4)} (95 % interval ${primary.low.toFixed(4)} to ${primary.high.toFixed(4)}) on ${holdout.rows.toLocaleString('en')} steps never trained on. ${says}`,
    facts: {
      metrics: holdout.metrics,
      primary,
      baseline: holdout.baseline,
      champion: holdout.champion,
      gates: verdict.results,
      forecast: holdout.forecast,
      ...(report.shift && { shift: report.shift }),
      sets: report.datasets.slice(1).map(({ name, rows, metrics, primary: own, champion, origin }) => {
        return { name, rows, metrics, primary: own, champion, origin };
      }),
    },
  };
}

function heldOutBy(said: readonly Projection[], { left }: PreparedForecast['held']): Float64Array {
  return Float64Array.from(said.flatMap(({ values }, index) => (left[index] === 0 ? [] : [...values])));
}

/** The mean scaled error over the backtests, on which the weights were chosen. */
function errorOfEnsemble({ leaderboard }: TrainedForecast): number {
  return leaderboard.find(({ member }) => member === 'ensemble')?.mase ?? Number.NaN;
}
