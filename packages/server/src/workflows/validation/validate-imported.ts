import { fail } from '@slipway/contract';
import { type Column, columnNamed, type Table } from '../../stages/ingest/index.ts';
import type { TensorManifest } from '../../stages/pack/index.ts';
import type { Predictions } from '../../stages/train/index.ts';
import { groupColumns, type ValidationRequest } from '../../stages/validate/index.ts';
import { PREDICTION, probabilityOf } from '../batch/answer-columns.ts';
import { openPredictor } from '../batch/open-predictor.ts';
import { priorOf } from '../candidate/comparison-sets.ts';
import { withoutColumn } from '../candidate/evaluate-candidate.ts';
import { cellText } from '../jobs/cells.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { ValidateModelInput } from '../model.ts';
import { groupsAsked } from './gates-of.ts';
import { measurable, readAs } from './read-set.ts';
import { setNotes } from './set-notes.ts';

/** What the column of outcomes is called, where it was not named. */
const USUAL_TARGETS = ['label', 'labels', 'target', 'y', 'class'];

/** Of two classes the likelier is answered. */
const THRESHOLD = 0.5;

/**
 * An imported model and the rows of a dataset, ready to be measured. Throws `validation.unfit` where its task is not known,
 * it gives no probabilities, or there is no column of outcomes, and `predict.takes-tensors` where its inputs are no columns.
 */
export async function importedRequest(
  input: ValidateModelInput,
  manifest: TensorManifest,
  ports: JobPorts,
  signal: AbortSignal,
): Promise<ValidationRequest> {
  const { dataset, datasetVersion: version } = input;
  const { task, classes } = manifest;
  const unfit = (reason: string) => fail('validation.unfit', { dataset, reason });
  if (task === 'tensor')
    throw unfit(
      'what the model predicts was not said; import it with --task binary, multiclass or regression',
    );
  if (task !== 'regression' && classes.length === 0)
    throw unfit('the names of its classes are not known; import it with --labels');
  if (task === 'binary' && classes.length !== 2)
    throw unfit(`it was imported as binary with ${classes.length} classes`);
  const target = targetOf(input, unfit);
  const model = { name: input.model, version: input.version, bundleId: input.bundleId };
  const predictor = await openPredictor({ model, explain: false }, ports);
  try {
    const inputs = predictor.rows.columns.filter(({ name }) => name !== target.name);
    const required = [target.name, ...inputs.map(({ name }) => name)];
    const taken = new Set(required);
    const others = input.manifest.schema.columns.filter(({ name }) => !taken.has(name));
    const stored = await readAs(input, { columns: [...inputs, target, ...others], required }, ports, signal);
    const outcomes = { target: target.name, classes: [...classes], missingWords: [] };
    const { table, target: truth, leftOut } = measurable(stored, outcomes, dataset);
    const columns = withoutColumn(table, target.name);
    const answers = await predictor.predict(columns, 0);
    const wholes = predictor.answers.filter(({ whole }) => whole !== undefined).map(({ name }) => name);
    const candidate = predictionsIn(answers, { classes, wholes, isBinary: task === 'binary' }, unfit);
    const facts = { dataset, version, leftOut, overlap: null };
    const uncompared = 'the model was trained elsewhere';
    const notes = setNotes({ ...facts, target: target.name, rows: table.rows, uncompared });
    return {
      ...{ task, classes, threshold: THRESHOLD, seed: 1 },
      groups: groupColumns(columns, groupsAsked(input.gates)),
      prior: { ...priorOf(truth, classes.length), of: 'these rows' },
      datasets: [
        {
          name: `${dataset}@${version}`,
          target: truth,
          table: columns,
          candidate,
          origin: { ...facts, notes },
        },
      ],
    };
  } finally {
    predictor.close();
  }
}

function targetOf(
  { target, manifest: { schema } }: ValidateModelInput,
  unfit: (reason: string) => Error,
): { name: string; type: Column['type'] } {
  const wanted = target === null ? USUAL_TARGETS : [target];
  const column = wanted
    .map((name) => schema.columns.find((one) => one.name.toLowerCase() === name.toLowerCase()))
    .find((found) => found !== undefined);
  if (column !== undefined) return { name: column.name, type: column.type };
  throw unfit(
    target === null
      ? `it has no column ${USUAL_TARGETS.join(', ')}; name the column of outcomes with --target`
      : `it has no column ${target}`,
  );
}

/** The answers as the metrics take them: the positive class of two, each class of more, or the number. */
function predictionsIn(
  answers: Table,
  { classes, wholes, isBinary }: { classes: readonly string[]; wholes: readonly string[]; isBinary: boolean },
  unfit: (reason: string) => Error,
): Predictions {
  const names = isBinary ? [classes[1]!] : classes;
  const columns = classes.length === 0 ? [PREDICTION] : names.map(probabilityOf);
  const found = columns.map((name) => columnNamed(answers, name));
  const outputs = columns.length;
  const values = new Float64Array(answers.rows * outputs);
  found.forEach((column, k) => {
    if (column === undefined || (column.type === 'string' && !wholes.includes(column.name)))
      throw unfit('it does not answer with one number a row');
    for (let row = 0; row < answers.rows; row++)
      values[row * outputs + k] =
        column.type === 'string' ? Number(cellText(column, row) ?? Number.NaN) : column.values[row]!;
  });
  if (values.some((value) => Number.isNaN(value)))
    throw unfit(
      classes.length === 0
        ? 'it gives no number for some rows'
        : 'its scores are no probabilities that sum to 1, which metrics of classes need',
    );
  return { rows: answers.rows, outputs, values };
}
