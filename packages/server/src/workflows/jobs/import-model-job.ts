import { fail } from '@slipway/contract';
import { importModel } from '../../stages/pack/index.ts';
import type { StoredFile } from '../model.ts';
import type { JobHandler } from './job-ports.ts';

/** Looks through an uploaded model, tries it in a process of its own, and makes a bundle of it. */
export const importModelJob: JobHandler<'import-model'> = async (input, ports) => {
  const { name, task, classes, labelOutput, example } = input;
  const { bundles: store, signer, models, objects, clock } = ports;
  refuseLarge(input.file, models.limits.maxBytes);
  const bytes = await objects.get(input.file.sha256);
  const file = { name: input.file.filename, bytes };
  const createdAt = new Date(clock.now()).toISOString();
  const request = { name, file, task, classes, labelOutput, example, limits: models.limits, createdAt };
  const place = async (model: Uint8Array) => {
    const { sha256 } = await objects.put(model);
    return { sha256, path: await objects.localPath(sha256) };
  };
  const made = await importModel(request, { store, signer, processes: models.processes, place });
  return { bundleId: made.id, bytes: made.bytes, target: made.manifest.target };
};

/** Before it is read into memory. */
function refuseLarge({ filename: file, bytes = 0 }: StoredFile, limit: number): void {
  if (bytes > limit)
    throw fail('model.refused', { file, reason: `it has ${bytes} bytes; the limit is ${limit}` });
}
