import { fail } from '@slipway/contract';
import { readTable, type Table } from '../../stages/ingest/index.ts';
import { queueTasks } from '../../stages/label/index.ts';
import { compileFlat, predictFlatRows } from '../../stages/optimize/index.ts';
import { decodeEngineFile } from '../../stages/pack/index.ts';
import { encodeFeatures } from '../../stages/prepare/index.ts';
import type { LabelOpenInput } from '../model.ts';
import type { JobHandler, JobPorts } from './job-ports.ts';

/** A person cannot read more of a row, and the control plane takes the cells of all tasks in at once. */
const COLUMNS_SHOWN = 200;
const CELLS_SHOWN = 400_000;

/** Makes the tasks of a queue out of the rows of a dataset version. */
export const labelOpenJob: JobHandler<'label-open'> = async (input, ports, { signal }) => {
  const { queue, manifest, limit } = input;
  const names = manifest.schema.columns.map(({ name }) => name);
  const shown =
    input.columns ??
    names
      .filter((name) => name !== queue.target)
      .slice(0, Math.min(COLUMNS_SHOWN, Math.floor(CELLS_SHOWN / limit)));
  const read = input.bundleId === null ? [...new Set([...shown, queue.target])] : names;
  const columns = names.filter((name) => read.includes(name));
  const table = await readTable(manifest, ports, { columns, signal, target: queue.target });
  const probabilities = await probabilitiesOf(input, table, ports);
  return { tasks: queueTasks({ queue, table, shown, limit, probabilities }) };
};

/** What the model says of every row, with its own engine: nothing of it is logged as a prediction. */
async function probabilitiesOf({ queue, bundleId }: LabelOpenInput, table: Table, ports: JobPorts) {
  if (bundleId === null) return undefined;
  const unfit = (reason: string) =>
    fail('label.model-unfit', { model: queue.orderedBy!.model, reason }, { path: 'model' });
  const engine = (await ports.bundles.open(bundleId)).files.get('trees.json');
  if (engine === undefined) throw unfit('it was not trained here');
  const { preparation, model } = decodeEngineFile(engine);
  const names = new Set(table.columns.map(({ name }) => name));
  const lacking = preparation.inputs.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  if (lacking.length > 0) throw unfit(`the dataset lacks its columns ${lacking.join(', ')}`);
  return predictFlatRows(compileFlat(model), encodeFeatures(preparation, table));
}
