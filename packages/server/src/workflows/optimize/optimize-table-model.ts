import { fail } from '@slipway/contract';
import { isoTime, seededRandom, shuffle } from '../../kernel/index.ts';
import { columnNamed, readTable, type Table, takeRows } from '../../stages/ingest/index.ts';
import {
  columnImportance,
  compileFlat,
  optimizeTable,
  predictFlatRows,
  type ValidationRows,
} from '../../stages/optimize/index.ts';
import {
  type BundleFiles,
  type BundleManifest,
  buildOnnx,
  decodeEngineFile,
  type EngineFile,
  encodeEngineFile,
  heldOutOf,
  isRefitted,
  repackBundle,
} from '../../stages/pack/index.ts';
import {
  encodeFeatures,
  encodeTarget,
  missingWordsOf,
  withWordsMissing,
} from '../../stages/prepare/index.ts';
import { METRICS, type Metric } from '../../stages/train/index.ts';
import {
  renderOptimizedCard,
  type ValidationReport,
  type ValidationRequest,
  validateCandidate,
} from '../../stages/validate/index.ts';
import { ruleInOrder } from '../candidate/champion.ts';
import { priorOf } from '../candidate/comparison-sets.ts';
import { ruleAndCosts, withoutColumn } from '../candidate/evaluate-candidate.ts';
import { prepareRows } from '../candidate/prepare-rows.ts';
import { formerTargets } from '../candidate/previous-targets.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { ModelRows } from '../jobs/wanted-table.ts';
import type { OptimizeModelInput, OptimizeModelOutput } from '../model.ts';
import { tableOf } from './read-data.ts';
import { sayOutcome } from './say-outcome.ts';

type Site = {
  input: OptimizeModelInput;
  manifest: BundleManifest;
  files: BundleFiles;
  progress: (share: number, says: string) => void;
  signal: AbortSignal;
};

/** Rows by which it is found how far a technique may go, and rows that a distilled model learns from; more take longer. */
const MOST_SEARCHED = 5_000;
const MOST_TAUGHT = 50_000;

/** Looks for a lighter form of a model that was trained here. It keeps its columns, its preparation and its golden promise. */
export async function optimizeTableModel(site: Site, ports: JobPorts): Promise<OptimizeModelOutput> {
  const { input, manifest, files, progress } = site;
  const engine = decodeEngineFile(files.get('trees.json')!);
  const rows = await rowsFor(site, engine, ports);
  const metric = METRICS.find(({ id }) => id === manifest.primaryMetric);
  if (metric === undefined)
    throw fail('optimize.unfit', { reason: `its metric ${manifest.primaryMetric} is unknown` });
  const { preparation, decision } = engine;
  const bytesOf = (model: EngineFile['model']) =>
    buildOnnx(preparation, model, decision).byteLength + encodeEngineFile({ ...engine, model }).byteLength;
  const judge = { metric, ...ruleAndCosts(decision) };
  const judged = encoded(engine, rows.judged);
  const { model, table, chosen, allowance } = optimizeTable(
    {
      model: engine.model,
      searched: encoded(engine, rows.searched),
      taught: encoded(engine, rows.taught),
      judged,
      judge,
      guard: guardFor(engine, metric),
      maxLoss: input.maxLoss,
      preference: input.prefer,
      seed: manifest.lineage.seed,
      bytesOf,
      progress,
    },
    ports.clock,
  );
  const judgedBy: OptimizeModelOutput['judgedBy'] = {
    metric: metric.id,
    before: allowance.before,
    worst: allowance.worst,
    rows: rows.judged.rows,
    data: rows.says,
    verified: true,
  };
  const learnt = rows.learnt ? LEARNT_FROM : '';
  const says = `${sayOutcome(table, chosen, judgedBy)}${learnt}`;
  const from = { model: input.model, version: input.version, bundleId: input.bundleId };
  const history = {
    ...(typeof manifest.optimization === 'object' ? manifest.optimization : {}),
    later: { from, says, chosen: table[chosen]!.technique, judgedBy, maxLoss: input.maxLoss, table },
  };
  const createdAt = isoTime(ports.clock.now());
  const technique = table[chosen]!.technique;
  const report = model && compared(site, { ...engine, model }, engine, rows, judged);
  const isSame = model === undefined || rows.learnt;
  const metrics = isSame ? manifest.metrics : measuredAgain(site, { ...engine, model }, judged);
  const made =
    model &&
    (await repackBundle(
      {
        files,
        engine: { ...engine, model },
        judged: { table: rows.judged, features: judged.features },
        importance: columnImportance(preparation, model),
        metrics,
        from,
        history,
        card: renderOptimizedCard({
          target: preparation.target,
          ...{ from, technique, says, createdAt },
          report: report!,
          rows: rows.says,
          learnt: rows.learnt,
          sourceCard: new TextDecoder().decode(files.get('card.md')),
        }),
        createdAt,
      },
      { runtime: ports.runtime, store: ports.bundles, signer: ports.signer },
    ));
  return {
    model: input.model,
    from: { version: input.version, bundleId: input.bundleId },
    bundleId: made?.id ?? null,
    bytes: made?.bytes ?? 0,
    learner: manifest.learner,
    metrics,
    chosen: technique,
    says,
    judgedBy,
    table,
    validation: report === undefined || rows.of === null ? null : { ...rows.of, gates: [], says, report },
  };
}

/** Both forms on the rows that judged, the source as the champion of the other. */
function compared(
  { input, manifest }: Site,
  made: EngineFile,
  source: EngineFile,
  rows: RowsFor,
  { features, target }: ValidationRows,
): ValidationReport {
  const { preparation, decision } = made;
  const task = preparation.task as ValidationRequest['task'];
  const classes = preparation.classes;
  const predictions = ({ model }: EngineFile) => predictFlatRows(compileFlat(model), features);
  return validateCandidate({
    ...{ task, classes, ...ruleAndCosts(decision), seed: manifest.lineage.seed },
    prior: priorOf(encodeTarget(preparation, rows.taught), classes.length),
    champion: { name: input.model, version: input.version, ...ruleInOrder(source, classes) },
    sliceColumns: preparation.inputs.map(({ name }) => name),
    datasets: [
      {
        name: rows.of === null ? rows.says : `${rows.of.dataset}@${rows.of.datasetVersion}`,
        target,
        candidate: predictions(made),
        champion: predictions(source),
        table: withoutColumn(rows.judged, preparation.target),
        ...(rows.of && {
          origin: {
            dataset: rows.of.dataset,
            version: rows.of.datasetVersion,
            leftOut: { missingTarget: 0, unknownClass: 0 },
            overlap: null,
            notes: [`Measured on ${rows.says}.${rows.learnt ? ONLY_DIFFERENCE : ''}`],
          },
        }),
      },
    ],
  });
}

/** Classes come with probabilities, which metrics of ranks and answers do not see. */
function guardFor({ preparation, decision }: EngineFile, { id }: Metric) {
  const logLoss = METRICS.find((metric) => metric.id === 'log-loss');
  const classes = preparation.classes.length;
  if (classes < 2 || logLoss === undefined || id === logLoss.id) return undefined;
  return { judge: { metric: logLoss, ...ruleAndCosts(decision) }, classes };
}

/** Every metric of the previous version, of the other form on the rows that judged. */
function measuredAgain(
  { manifest }: Site,
  { model, decision }: EngineFile,
  { features, target }: ValidationRows,
): Record<string, number> {
  const predictions = predictFlatRows(compileFlat(model), features);
  const values = METRICS.filter(({ id }) => Object.hasOwn(manifest.metrics, id)).map(
    ({ id, compute }): [string, number] => [id, compute(target, predictions, ruleAndCosts(decision))],
  );
  return Object.fromEntries(values.filter(([, value]) => Number.isFinite(value)));
}

type RowsFor = {
  judged: Table;
  searched: Table;
  taught: Table;
  says: string;
  /** Whether the model has learnt from the rows that judge. */
  learnt: boolean;
  /** The dataset version that they are rows of; null for those of a file. */
  of: { dataset: string; datasetVersion: number } | null;
};

const ONLY_DIFFERENCE =
  ' Both versions were trained on these rows, so the figures are better than on new rows and only their difference counts.';

/** What is told of a model that was refitted on the rows held out of its training, and so of other forms of it. */
const LEARNT_FROM =
  ' The figures compare both forms on rows that the model was refitted on; the new version keeps the metrics and the hold-out predictions of its source.';

async function rowsFor(
  { input, files, signal }: Site,
  engine: EngineFile,
  ports: JobPorts,
): Promise<RowsFor> {
  const trained = input.trained && (await trainingRows(input.trained, ports, signal));
  if (input.on !== null) {
    const given = labelled(asRead(await tableOf(input.on, ports, rowsOfModel(engine)), engine), engine);
    const train = trained?.train ?? given;
    const of = 'dataset' in input.on ? { dataset: input.on.dataset, datasetVersion: input.on.version } : null;
    return { judged: given, ...parts(train), says: `${given.rows} rows given`, learnt: false, of };
  }
  if (trained === null)
    throw fail('optimize.no-data', {
      name: input.model,
      reason: 'the hold-out split was not recorded',
    });
  const learnt = isRefitted(heldOutOf(files));
  return {
    judged: trained.holdout,
    ...parts(trained.train),
    says: `${trained.holdout.rows} rows ${learnt ? 'that it was refitted on' : 'held out of its training'}`,
    learnt,
    of: { dataset: input.trained!.dataset, datasetVersion: input.trained!.datasetVersion },
  };
}

/** The rows of the training and those held out of it, as the pipeline run split them. */
async function trainingRows(
  trained: NonNullable<OptimizeModelInput['trained']>,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<{ train: Table; holdout: Table }> {
  const table = await readTable(trained.manifest, ports, { signal, target: trained.target });
  const former = await formerTargets(trained, ports, signal);
  const { value } = await prepareRows(table, trained, former);
  return { train: value.train.table, holdout: value.holdout.table };
}

function parts(train: Table): Pick<RowsFor, 'searched' | 'taught'> {
  return { searched: sample(train, MOST_SEARCHED), taught: sample(train, MOST_TAUGHT) };
}

function sample(table: Table, most: number): Table {
  if (table.rows <= most) return table;
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  return takeRows(table, shuffle(all, seededRandom(1)).slice(0, most));
}

function encoded({ preparation }: EngineFile, table: Table): ValidationRows {
  return { features: encodeFeatures(preparation, table), target: encodeTarget(preparation, table) };
}

/** What a file of rows with right answers is read by; what it lacks is told where the rows are looked at. */
function rowsOfModel({ preparation }: EngineFile): ModelRows {
  const { inputs, others = [], missingWords, form } = preparation;
  return { columns: [...inputs, ...others], missingWords, form, required: [] };
}

/** Rows of a file with what the model takes for missing. */
function asRead(table: Table, { preparation }: EngineFile): Table {
  return withWordsMissing(table, missingWordsOf(preparation), preparation.target);
}

/** The rows that have a right answer which the model knows. Throws `optimize.bad-data`. */
function labelled(table: Table, { preparation }: EngineFile): Table {
  const { target, inputs } = preparation;
  const lacking = [target, ...inputs.map(({ name }) => name)].filter(
    (name) => columnNamed(table, name) === undefined,
  );
  if (lacking.length > 0)
    throw fail('optimize.bad-data', { reason: `it has no column ${lacking.slice(0, 5).join(', ')}` });
  for (const { name, type } of inputs) {
    const found = columnNamed(table, name)!.type;
    if (found !== type)
      throw fail('optimize.bad-data', {
        reason: `its column ${name} is read as ${found}, and the model takes ${type}`,
      });
  }
  const truth = encodeTarget(preparation, table);
  const known = Int32Array.from([...truth.keys()].filter((row) => !Number.isNaN(truth[row]!)));
  if (known.length > 0) return takeRows(table, known);
  throw fail('optimize.bad-data', { reason: `no row has a ${target} that the model knows` });
}
