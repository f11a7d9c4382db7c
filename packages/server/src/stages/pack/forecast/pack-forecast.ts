import { type ForecastModel, writtenTime } from '../../train/index.ts';
import { SIGNATURE_FILE, signBundle } from '../bundle/bundle-signature.ts';
import { mlflowFiles } from '../bundle/mlmodel.ts';
import type { ParityReport } from '../check-parity.ts';
import type { BundleFile, BundleManifest, ReferenceProfile } from '../model.ts';
import type { BundleStore, OnnxRuntime, Signer } from '../ports.ts';
import { numberReference } from '../profile/number-reference.ts';
import { buildForecastOnnx } from './build-forecast-onnx.ts';
import { checkForecastParity } from './check-forecast-parity.ts';
import { encodeForecastFile, type ForecastFile } from './forecast-file.ts';
import { forecastNames } from './forecast-names.ts';
import { timesOf } from './forecast-times.ts';

export type PackForecastRequest = {
  file: ForecastFile;
  /** What was forecast for the steps held out: the reference of the scores. */
  heldOut: Float64Array;
  /** Values that the model was trained on. */
  rows: number;
  card: string;
} & Pick<BundleManifest, 'learner' | 'metrics' | 'primaryMetric' | 'lineage' | 'optimization' | 'createdAt'>;

export type PackedForecast = { id: string; bytes: number; parity: ParityReport };

/** Rows that a new version has to answer right before it takes traffic. */
const GOLDEN_ROWS = 8;

/**
 * Makes the bundle of a forecast: the graph that looks up what was forecast, proven equal to the training code on every
 * step, and `forecast.json`, whose states go on from new values. Throws `parity.broken`, `storage.full`.
 */
export async function packForecast(
  request: PackForecastRequest,
  ports: { runtime: OnnxRuntime; store: BundleStore; signer: Signer },
): Promise<PackedForecast> {
  const { file } = request;
  const names = forecastNames(file);
  const onnx = buildForecastOnnx(file, names);
  const parity = await checkForecastParity(file, onnx, ports.runtime);
  const manifest = manifestOf(request);
  const files = new Map<BundleFile, Uint8Array>([
    ...mlflowFiles(manifest, names, onnx),
    ['model.onnx', onnx],
    ['slipway.json', json(manifest)],
    ['profile.json', json(profileOf(request))],
    ['forecast.json', encodeForecastFile(file)],
    ['card.md', text(request.card)],
  ]);
  files.set(SIGNATURE_FILE, await signBundle(files, ports.signer));
  return { ...(await ports.store.put(files)), parity };
}

function manifestOf(request: PackForecastRequest): BundleManifest {
  const { file, learner, metrics, primaryMetric, lineage, optimization, createdAt } = request;
  return {
    format: 1,
    task: 'forecast',
    target: file.target,
    classes: [],
    inputs: file.inputs,
    ...(file.others && { others: file.others }),
    ...(file.missingWords && { missingWords: file.missingWords }),
    ...(file.form && { form: file.form }),
    decision: { threshold: 0.5 },
    learner,
    metrics,
    primaryMetric,
    lineage,
    optimization,
    golden: goldenOf(file),
    forecast: factsOf(file),
    createdAt,
  };
}

/** What callers need to know of a forecast to ask for one. */
function factsOf({ inputs, seriesColumns, model }: ForecastFile): NonNullable<BundleManifest['forecast']> {
  const names = inputs.map(({ name }) => name);
  const first = model.series[0]!;
  const times = timesOf(model, first);
  return {
    time: names[0]!,
    series: names.slice(1, 1 + seriesColumns),
    known: names.slice(1 + seriesColumns),
    horizon: model.horizon,
    levels: model.intervals.map(({ level }) => level),
    seriesCount: model.series.length,
    from: times[0]!.time,
    to: times.at(-1)!.time,
  };
}

/** First, last and middle steps of series spread over all. */
function goldenOf(file: ForecastFile): BundleManifest['golden'] {
  const { model, table } = file;
  const chosen = Array.from({ length: GOLDEN_ROWS }, (_, i) => ({
    series: Math.floor((i * model.series.length) / GOLDEN_ROWS),
    share: i / (GOLDEN_ROWS - 1),
  }));
  const asked = chosen.map(({ series, share }) => {
    const times = timesOf(model, model.series[series]!);
    return { series, ...times[Math.floor((times.length - 1) * share)]! };
  });
  return {
    rows: asked.map(({ series, time }) => rowOf(file, model.series[series]!, time)),
    predictions: asked.map(({ series, ahead }) => ({ value: table.values[series]![ahead]! })),
  };
}

/** The row that asks for a series at a time: its columns as callers send them. */
export function rowOf(
  { inputs, seriesColumns, model }: ForecastFile,
  series: ForecastModel['series'][number],
  time: number,
): BundleManifest['golden']['rows'][number] {
  const cells = inputs
    .slice(0, 1 + seriesColumns)
    .map(({ name, type }, i): [string, string | number | boolean] => {
      if (i === 0) return [name, writtenTime(model.frequency, time)];
      const value = series.key[i - 1]!;
      if (type === 'timestamp') return [name, new Date(Number(value)).toISOString()];
      return [name, type === 'boolean' ? value === 1 : value];
    });
  return Object.fromEntries(cells);
}

/**
 * The reference of drift. Times move on and callers ask for the series they need, so neither is compared; the scores
 * are those of the steps held out.
 */
function profileOf({ heldOut, rows }: PackForecastRequest): ReferenceProfile {
  return { format: 1, rows, columns: [], score: numberReference(heldOut), importance: {} };
}

function json(value: unknown): Uint8Array {
  return text(`${JSON.stringify(value, null, 1)}\n`);
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
