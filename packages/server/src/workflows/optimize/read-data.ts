import { fail } from '@slipway/contract';
import { type FileToRead, ingestFile, readTable, type Table } from '../../stages/ingest/index.ts';
import { holdsTensors, readSamples, type Samples, type TensorSpec } from '../../stages/pack/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import { type ModelRows, storeModelRows } from '../jobs/wanted-table.ts';
import type { OptimizationData, OptimizeModelInput } from '../model.ts';
import { tableSamples } from './table-samples.ts';

/** Rows for a model of tensors, out of a file of tensors or a table. Throws `optimize.bad-data` and what reading files throws. */
export async function readData(
  specs: readonly TensorSpec[],
  data: OptimizationData,
  { target }: Pick<OptimizeModelInput, 'target'>,
  ports: JobPorts,
): Promise<Samples> {
  if ('file' in data && holdsTensors(data.file.filename)) {
    if (data.read !== undefined)
      throw fail('optimize.bad-data', {
        reason: `${data.file.filename} holds tensors, which the options of reading a table do not apply to`,
      });
    const { maxBytes } = ports.models.limits;
    const { filename, bytes: size = 0 } = data.file;
    if (size > maxBytes)
      throw fail('optimize.bad-data', {
        reason: `${filename} has ${size} bytes; the limit of tensors is ${maxBytes} (\`pack.maxModelMegabytes\`)`,
      });
    const bytes = await ports.objects.get(data.file.sha256);
    return readSamples(specs, { name: data.file.filename, bytes, maxBytes });
  }
  return tableSamples(specs, await tableOf(data, ports), target);
}

/** The rows of a file or of a dataset version; a file is read as the training table of the model was, where that is known. */
export async function tableOf(data: OptimizationData, ports: JobPorts, model?: ModelRows): Promise<Table> {
  if ('manifest' in data) return readTable(data.manifest, ports);
  if (holdsTensors(data.file.filename) && !/\.json$/i.test(data.file.filename))
    throw fail('optimize.bad-data', {
      reason: `${data.file.filename} holds tensors, and the model takes columns`,
    });
  const path = await ports.objects.localPath(data.file.sha256);
  const request = {
    file: path,
    fileName: data.file.filename,
    limits: ports.limits,
    ...(data.read && { options: data.read }),
  };
  if (model !== undefined) return modelTable(request, model, ports);
  const { manifest } = await ingestFile(request, ports);
  return readTable(manifest, ports);
}

async function modelTable(request: FileToRead, model: ModelRows, { tables }: JobPorts): Promise<Table> {
  const workspace = await tables.open({ reads: [request.file] });
  try {
    const stored = await storeModelRows(workspace, request, model);
    const columns = stored.columns.map(({ name, type }) => ({ name, type }));
    return await workspace.columns([stored.path], columns);
  } finally {
    await workspace.close();
  }
}
