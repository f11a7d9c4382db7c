import { fail } from '@slipway/contract';
import { ingestFile, readTable, type Table } from '../../journey/ingest/index.ts';
import { holdsTensors, readSamples, type Samples, type TensorSpec } from '../../journey/pack/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
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
    const bytes = await ports.objects.get(data.file.sha256);
    const { maxBytes } = ports.models.limits;
    return readSamples(specs, { name: data.file.filename, bytes, maxBytes });
  }
  return tableSamples(specs, await tableOf(data, ports), target);
}

/** The rows of a file or of a dataset version. */
export async function tableOf(data: OptimizationData, ports: JobPorts): Promise<Table> {
  if ('manifest' in data) return readTable(data.manifest, ports);
  if (holdsTensors(data.file.filename) && !/\.json$/i.test(data.file.filename))
    throw fail('optimize.bad-data', {
      reason: `${data.file.filename} holds tensors, and the model takes columns`,
    });
  const path = await ports.objects.localPath(data.file.sha256);
  const { manifest } = await ingestFile(
    {
      file: path,
      fileName: data.file.filename,
      limits: ports.limits,
      ...(data.read && { options: data.read }),
    },
    ports,
  );
  return readTable(manifest, ports);
}
