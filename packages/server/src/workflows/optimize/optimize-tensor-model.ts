import { fail } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import {
  type Batches,
  type Judge,
  judgeByFormer,
  judgeByLabels,
  optimizeGraph,
} from '../../stages/optimize/index.ts';
import {
  type BundleFiles,
  hasOpenRows,
  importModel,
  randomRows,
  repeatRows,
  sampleBatches,
  sliceRows,
  type Tensor,
  type TensorManifest,
  unstored,
} from '../../stages/pack/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { OptimizeModelInput, OptimizeModelOutput } from '../model.ts';
import { readData } from './read-data.ts';
import { sayOutcome } from './say-outcome.ts';

type Site = {
  input: OptimizeModelInput;
  manifest: TensorManifest;
  files: BundleFiles;
  progress: (share: number, says: string) => void;
};

/** Looks for a lighter form of a model that was made elsewhere, in processes that may die of it. */
export async function optimizeTensorModel(site: Site, ports: JobPorts): Promise<OptimizeModelOutput> {
  const { input, manifest, files, progress } = site;
  const given = await rowsFor(site, ports);
  const judged = given.isOneRun ? [given.judged] : sampleBatches(manifest.inputs, given.judged);
  const [one] = judged;
  if (one === undefined)
    throw fail('optimize.bad-data', {
      reason: `it takes ${manifest.inputs[0]?.shape?.[0]} rows at once, and there are fewer`,
    });
  const counted = judged.reduce((sum, [first]) => sum + (first?.shape[0] ?? 0), 0);
  const rows = { ...given, labels: given.labels?.slice(0, counted) };
  const model = files.get('model.onnx')!;
  const {
    table,
    chosen,
    allowance,
    judge,
    model: lighter,
  } = await optimizeGraph(
    {
      model,
      judged,
      judgeOf: (former) => judgeOf(manifest, rows, former),
      calibration: rows.calibration === undefined ? [] : sampleBatches(manifest.inputs, rows.calibration),
      timed: {
        one: repeatRows(manifest.inputs, rows.judged, 1) ?? one,
        thousand: repeatRows(manifest.inputs, rows.judged, 1000),
      },
      maxLoss: input.maxLoss,
      preference: input.prefer,
      losslessOnly: rows.losslessOnly,
      progress,
    },
    ports.graphs,
  );
  const judgedBy: OptimizeModelOutput['judgedBy'] = {
    metric: judge.measure.name,
    before: allowance.before,
    worst: allowance.worst,
    rows: counted,
    data: rows.says,
    verified: rows.verified,
  };
  const says = sayOutcome(table, chosen, judgedBy);
  const from = { model: input.model, version: input.version, bundleId: input.bundleId };
  const history = { from, says, chosen: table[chosen]!.technique, judgedBy, maxLoss: input.maxLoss, table };
  const made = lighter && (await store(site, lighter, { from, history }, ports));
  return {
    model: input.model,
    from: { version: input.version, bundleId: input.bundleId },
    bundleId: made?.id ?? null,
    bytes: made?.bytes ?? 0,
    learner: 'onnx',
    metrics: {},
    chosen: table[chosen]!.technique,
    says,
    judgedBy,
    table,
    validation: null,
  };
}

type RowsFor = {
  judged: Tensor[];
  /** Whether they are an input as it is, which cannot be cut. */
  isOneRun?: boolean;
  labels: readonly (string | number)[] | undefined;
  calibration: Tensor[] | undefined;
  verified: boolean;
  losslessOnly: string | undefined;
  says: string;
};

/** Rows that judge; every form answers them, some of them often. */
const MOST_JUDGED = 2_000;
/** Rows that calibrate when none are given for that. */
const MOST_CALIBRATION = 512;
const RANDOM_ROWS = 64;

async function rowsFor({ input, manifest }: Site, ports: JobPorts): Promise<RowsFor> {
  const { inputs } = manifest;
  const calibration =
    input.calibration === null ? undefined : await readData(inputs, input.calibration, input, ports);
  if (input.on !== null) {
    const given = await readData(inputs, input.on, input, ports);
    const { rows, labels } = given;
    if (calibration !== undefined)
      return {
        ...known(`${Math.min(rows, MOST_JUDGED)} of ${rows} rows given`),
        judged: sliceRows(given.inputs, 0, Math.min(rows, MOST_JUDGED)),
        labels: labels?.slice(0, MOST_JUDGED),
        calibration: calibration.inputs,
      };
    const cut = firstRows(rows);
    const end = Math.min(rows, cut + MOST_JUDGED);
    return {
      ...known(`${end - cut} of ${rows} rows given; the first ${cut} calibrated`),
      judged: sliceRows(given.inputs, cut, end),
      labels: labels?.slice(cut, end),
      calibration: sliceRows(given.inputs, 0, cut),
    };
  }
  if (calibration !== undefined) {
    const { rows, labels } = calibration;
    const cut = Math.floor(rows / 2);
    const end = Math.min(rows, cut + MOST_JUDGED);
    return {
      ...known(`${end - cut} of ${rows} calibration rows; the first ${cut} calibrated`),
      judged: sliceRows(calibration.inputs, cut, end),
      labels: labels?.slice(cut, end),
      calibration: sliceRows(calibration.inputs, 0, cut),
    };
  }
  const example = manifest.golden.inputs.map(unstored);
  const made = hasOpenRows(inputs) ? randomRows(inputs, example, RANDOM_ROWS) : undefined;
  const random = made ?? example;
  if (random.length === 0)
    throw fail('optimize.no-data', {
      name: input.model,
      reason: 'none was given, and none can be made from its shapes',
    });
  return {
    judged: random,
    isOneRun: made === undefined,
    labels: undefined,
    calibration: input.unverified ? random : undefined,
    verified: false,
    losslessOnly: input.unverified
      ? undefined
      : 'there are no rows to evaluate on: give some with --on or --calibration, or pass --unverified',
    says: made === undefined ? 'the input of its import' : `${RANDOM_ROWS} rows made at random`,
  };
}

function known(says: string): Pick<RowsFor, 'verified' | 'losslessOnly' | 'says'> {
  return { verified: true, losslessOnly: undefined, says };
}

/** A quarter of the rows, and one at least stays to be judged. */
function firstRows(rows: number): number {
  return Math.min(MOST_CALIBRATION, Math.floor(rows / 4));
}

function judgeOf(manifest: TensorManifest, { labels }: RowsFor, former: Batches): Judge {
  const { task, classes } = manifest;
  const isWhole = labels?.every((label) => typeof label === 'string' || Number.isInteger(label)) === true;
  const isClass = task === 'binary' || task === 'multiclass' || (task === 'tensor' && isWhole);
  if (labels === undefined) return judgeByFormer(former, classes, task === 'binary' || task === 'multiclass');
  const judge = judgeByLabels(labels, classes, isClass);
  if (Number.isFinite(judge.qualityOf(former))) return judge;
  const reason = 'its answers cannot be compared with the labels: one class or number a row is needed';
  throw fail('optimize.bad-data', { reason });
}

async function store(
  { input, manifest }: Site,
  model: Uint8Array,
  { from, history }: { from: NonNullable<TensorManifest['lineage']['from']>; history: unknown },
  { bundles, signer, models, objects, clock }: JobPorts,
) {
  const place = async (bytes: Uint8Array) => {
    const { sha256 } = await objects.put(bytes);
    return { sha256, path: await objects.localPath(sha256) };
  };
  const request = {
    name: input.model,
    file: { name: 'model.onnx', bytes: model },
    task: manifest.task,
    classes: manifest.classes,
    labelOutput: manifest.label,
    example: undefined,
    limits: models.limits,
    createdAt: isoTime(clock.now()),
    optimized: {
      from,
      source: manifest.lineage.source,
      history,
      given: manifest.golden.inputs.map(unstored),
    },
  };
  return importModel(request, { store: bundles, signer, processes: models.processes, place });
}
