import { type ForecastFile, packForecast } from '../../../journey/pack/index.ts';
import { type InputColumn, otherColumnsOf } from '../../../journey/prepare/index.ts';
import { type ForecastModel, projectSeries, type TrainedForecast } from '../../../journey/train/index.ts';
import {
  decideGates,
  FORECAST_GATES,
  PARITY_GATE,
  renderModelCard,
} from '../../../journey/validate/index.ts';
import { isoTime } from '../../../kernel/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput } from '../../model.ts';
import { gatesOf } from '../../validation/gates-of.ts';
import type { Told } from '../story.ts';
import type { JudgedForecast } from './judge-forecast.ts';
import { withAhead } from './leading-up.ts';
import type { PreparedForecast } from './prepare-forecast.ts';
import { forecastLeaderboard } from './train-forecast-candidate.ts';

/** Why the optimize stage has nothing to do. */
export const NOTHING_TO_LIGHTEN =
  'A forecast is looked up: there is nothing in the graph to prune, and what stays in memory is a few numbers a series.';

/** Packs the forecast, moved on over the steps held out, into a signed bundle, and reaches the verdict. */
export async function packForecastCandidate(
  prepared: PreparedForecast,
  trained: TrainedForecast,
  { model, label, report, backtests, heldOut }: JudgedForecast,
  input: CandidateInput,
  ports: JobPorts,
): Promise<Told<CandidateOutput>> {
  const { set, held, columns } = prepared;
  const createdAt = isoTime(ports.clock.now());
  const { file, said } = fileOf(prepared, model, input);
  const holdout = report.datasets[0]!;
  const rows = {
    train: held.training.series.reduce((sum, { values }) => sum + values.length, 0),
    holdout: holdout.rows,
    unlabelled: 0,
  };
  const { seed, dataset, datasetVersion } = input;
  const optimization = { chosen: 'as trained', says: NOTHING_TO_LIGHTEN, table: [] };
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
        preparation: [...set.says, DEPLOYED],
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
  const gates = decideGates(
    { report, backtests, parity: { rows: parity.rows, mismatches: 0, largestDifference } },
    [...gatesOf(input, FORECAST_GATES), PARITY_GATE],
  );
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
    says: `One signed bundle of ${Math.ceil(bundle.bytes / 1024).toLocaleString('en')} KiB, which forecasts from the end of the data; ONNX Runtime looked up the trained model's answers on ${parity.rows.toLocaleString('en')} rows (largest difference ${largestDifference.toExponential(1)}).`,
    facts: { bundleId: bundle.id, bytes: bundle.bytes, parity, steps: [DEPLOYED] },
  };
}

const DEPLOYED =
  'What was measured is what is deployed: the same models and weights, moved on over the steps held out without fitting again.';

/** The forecast as it answers: from the end of all data. */
function fileOf(prepared: PreparedForecast, fitted: ForecastModel, input: CandidateInput) {
  const { set, columns } = prepared;
  const series = fitted.series.map((one, index) => {
    const { start, values } = set.series[index]!;
    return { ...one, recent: Array.from(values.slice(one.end + 1 - start)) };
  });
  const model = { ...fitted, series };
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

/** A time without an offset is then one of the clock that the steps follow. */
function inLocalTime(column: InputColumn, timeZone: string | undefined): InputColumn {
  const { reading } = column;
  if (timeZone === undefined || reading?.as !== 'timestamp') return column;
  return { ...column, reading: { ...reading, timeZone } };
}

/** The time and what names a series have to be told; what is known in advance may be. */
function inputsOf({ columns, set }: PreparedForecast, { manifest }: CandidateInput): InputColumn[] {
  const schemaOf = (name: string) => manifest.schema.columns.find((column) => column.name === name)!;
  const column = (name: string, nullable: boolean): InputColumn => {
    const { type, reading } = schemaOf(name);
    return { name, type, nullable, ...(reading && { reading }) };
  };
  return [
    inLocalTime(column(columns.time, false), set.frequency.timeZone),
    ...columns.series.map((name) => column(name, schemaOf(name).type === 'string')),
    ...columns.known.map((name) => column(name, true)),
  ];
}
