import { fail } from '@slipway/contract';
import { type AnyManifest, takesTensors } from '../../stages/pack/index.ts';
import { optimizeTableModel } from '../optimize/optimize-table-model.ts';
import { optimizeTensorModel } from '../optimize/optimize-tensor-model.ts';
import type { JobHandler } from './job-ports.ts';

/** Looks for a lighter form of a model; what wins is a signed bundle of its own. */
export const optimizeModelJob: JobHandler<'optimize-model'> = async (input, ports, run) => {
  const { files } = await ports.bundles.open(input.bundleId);
  const manifest = JSON.parse(new TextDecoder().decode(files.get('slipway.json')!)) as AnyManifest;
  const progress = (share: number, says: string) =>
    run.news({ stage: 'optimize', state: 'running', says, progress: share, seconds: null, facts: {} });
  if (takesTensors(manifest)) return optimizeTensorModel({ input, manifest, files, progress }, ports);
  if (!files.has('trees.json'))
    throw fail('optimize.unfit', { reason: 'it is a forecast, which looks its answers up' });
  return optimizeTableModel({ input, manifest, files, progress, signal: run.signal }, ports);
};
