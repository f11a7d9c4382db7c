import { isoTime } from '../../../kernel/index.ts';
import { type ForecastFile, packForecast } from '../../../stages/pack/index.ts';
import { otherColumnsOf } from '../../../stages/prepare/index.ts';
import {
  type ForecastModel,
  projectSeries,
  type Refit,
  refitForecast,
  type SeriesSet,
  type TrainedForecast,
  timeText,
  truthOf,
} from '../../../stages/train/index.ts';
import {
  decideGates,
  FORECAST_GATES,
  PARITY_GATE,
  renderModelCard,
  type Verdict,
} from '../../../stages/validate/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput } from '../../model.ts';
import { gatesOf } from '../../validation/gates-of.ts';
import type { Told } from '../stage-reporter.ts';
import { fitChampion } from './champion-forecast.ts';
import { inputsOf } from './inputs-of.ts';
import type { JudgedForecast } from './judge-forecast.ts';
import { knownSentences } from './known-sentences.ts';
import { withAhead } from './leading-up.ts';
import type { PreparedForecast } from './prepare-forecast.ts';
import { forecastLeaderboard } from './train-forecast-candidate.ts';

/** Why the optimize stage has nothing to do. */
export const NOTHING_TO_COMPRESS =
  'A forecast is looked up: there is nothing in the graph to prune, and what stays in memory is a few numbers a series.';

/** Fits the forecast on all values, packs it into a signed bundle, and reaches the verdict. */
export async function packForecastCandidate(
  prepared: PreparedForecast,
  trained: TrainedForecast,
  judged: JudgedForecast,
  input: CandidateInput,
  ports: JobPorts & { signal: AbortSignal },
): Promise<Told<CandidateOutput>> {
  const { label, report, backtests, heldOut, rolled } = judged;
  const { set, held, columns } = prepared;
  const createdAt = isoTime(ports.clock.now());
  const refit = refitOnAll(prepared, trained, judged, input, ports);
  const { file, said } = fileOf(prepared, refit.model, input);
  const known = judged.kept === null ? knownSentences(trained.known) : [];
  const holdout = report.datasets[0]!;
  const rows = {
    train: held.training.series.reduce((sum, { values }) => sum + values.length, 0),
    holdout: holdout.rows,
    unlabelled: 0,
  };
  const { seed, dataset, datasetVersion } = input;
  const optimization = { chosen: 'as trained', says: NOTHING_TO_COMPRESS, table: [] };
  const bundle = await packForecast(
    {
      file,
      heldOut,
      rows: rows.train,
      card: renderModelCard({
        name: input.modelName,
        version: input.version,
        createdAt,
        target: columns.target,
        report,
        dataset: {
          name: dataset,
          version: datasetVersion,
          manifest: input.manifestId,
          rows: input.manifest.rows,
        },
        preparation: [...set.says, ...known, ...rolledSentences(rolled, set), refit.says],
        split: { train: rows.train, holdout: rows.holdout, says: held.says },
        learner: label,
        seed,
        inputs: file.inputs,
        verdict: decideGates({ report, backtests }, gatesOf(input, FORECAST_GATES)),
      }),
      learner: label,
      metrics: holdout.metrics,
      primaryMetric: report.primaryMetric,
      lineage: { dataset, datasetVersion, manifest: input.manifestId, run: input.runId, seed },
      optimization,
      createdAt,
    },
    { runtime: ports.runtime, store: ports.bundles, signer: ports.signer },
  );
  const { parity } = bundle;
  const largestDifference = parity.largestDifference.onnx;
  const verdict = decideGates(
    { report, backtests, parity: { rows: parity.rows, mismatches: 0, largestDifference } },
    [...gatesOf(input, FORECAST_GATES), PARITY_GATE],
  );
  const gates = rolled === null ? verdict : rollForward(verdict, rolled, set);
  return {
    value: {
      target: columns.target,
      task: 'forecast',
      bundleId: bundle.id,
      bytes: bundle.bytes,
      learner: label,
      metrics: holdout.metrics,
      primaryMetric: report.primaryMetric,
      leaderboard: forecastLeaderboard(trained),
      seconds: trained.seconds,
      gates,
      optimization,
      report: withAhead(report, set, file.model, said),
      rows,
    },
    says: `${refit.says} One signed bundle of ${Math.ceil(bundle.bytes / 1024).toLocaleString('en')} KiB; ONNX Runtime looked up the trained model's answers on ${parity.rows.toLocaleString('en')} rows (largest difference ${largestDifference.toExponential(1)}).`,
    facts: {
      bundleId: bundle.id,
      bytes: bundle.bytes,
      parity,
      steps: [refit.says, ...rolledSentences(rolled, set)],
    },
  };
}

/** The forecast as it answers: fitted up to the newest value, its intervals learnt from the steps held out too. */
function refitOnAll(
  { set, held }: PreparedForecast,
  trained: TrainedForecast,
  { model, kept }: JudgedForecast,
  input: CandidateInput,
  ports: Pick<JobPorts, 'clock'> & { signal: AbortSignal },
): Refit {
  if (kept !== null) return fitChampion(kept, set, input, ports);
  const { budgetSeconds, seed } = input;
  const said = projectSeries(model, model.series, set.horizon);
  const errors = trained.errors.map((one, index): TrainedForecast['errors'][number] => {
    if (held.left[index] === 0) return one;
    const { values } = set.series[index]!;
    const truth = truthOf(set.series[index]!, values.length - set.horizon, values.length);
    const windows = [...one.windows, truth.map((value, k) => value - said[index]!.values[k]!)];
    return { ...one, windows, starts: [...one.starts, said[index]!.from] };
  });
  const limitSeconds = Math.max(LEAST_SHARE * budgetSeconds, MOST_SHARE * budgetSeconds - trained.seconds);
  const { hurried } = trained;
  const { signal, clock } = ports;
  return refitForecast(model, { set, seed, budgetSeconds, limitSeconds, hurried, errors, signal }, { clock });
}

/** Of the budget: by when the refit is to be done, and what it may take where the training took longer. */
const MOST_SHARE = 0.97;
const LEAST_SHARE = 0.1;

/** A closed gate keeps what was fitted anew from answering; the champion, which answers today, goes on. */
function rollForward(
  verdict: Verdict,
  rolled: NonNullable<JudgedForecast['rolled']>,
  set: SeriesSet,
): Verdict {
  const parity = verdict.results.find(({ id }) => id === PARITY_GATE.id);
  if (parity?.passed !== true) return verdict;
  const [says] = rolledSentences(rolled, set);
  return {
    passed: true,
    says: says!,
    results: [
      ...verdict.results,
      { id: 'roll-forward', passed: true, observed: null, threshold: null, says: says! },
    ],
  };
}

function rolledSentences(rolled: JudgedForecast['rolled'], { frequency, series }: SeriesSet): string[] {
  if (rolled === null) return [];
  const last = series.reduce(
    (most, one) => Math.max(most, one.start + one.values.length - 1),
    Number.NEGATIVE_INFINITY,
  );
  return [
    `The model fitted anew is refused (${rolled.says}) The models and weights of version ${rolled.version} are fitted on the new values and answer as this version, so that forecasts go on after ${timeText(frequency, last)}.`,
  ];
}

/** The forecast with what it says from the end of all data. */
function fileOf(prepared: PreparedForecast, model: ForecastModel, input: CandidateInput) {
  const { columns } = prepared;
  const { series } = model;
  const said = projectSeries(model, series, model.horizon);
  const inputs = inputsOf(prepared, input);
  const file: ForecastFile = {
    format: 1,
    inputs,
    ...otherColumnsOf(input.manifest.schema, inputs),
    seriesColumns: columns.series.length,
    target: columns.target,
    model,
    table: { values: said.map(({ values }) => [...values]) },
  };
  return { file, said };
}
