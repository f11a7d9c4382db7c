import { readFile } from 'node:fs/promises';
import { fail, failureFrom } from '@slipway/contract';
import { hashSecret } from '../access/index.ts';
import type { RoutingTable } from '../journey/deploy/index.ts';
import type { InferenceServer } from './inference-server.ts';
import { readBundle, type ServableBundle } from './read-bundle.ts';
import type { InferenceFlags } from './read-flags.ts';

export type FolderFlags = Pick<InferenceFlags, 'modelName' | 'modelVersion' | 'tokenFile'> & {
  modelDir: string;
};

/**
 * Serves the one bundle of a folder, with no control plane: what a container runs. The endpoint is called
 * `modelName`, or as the dataset the model was trained on. Listens only when the model is ready.
 * Throws `endpoint.load-failed`, `bundle.invalid`, `config.invalid`, `listen.in-use`.
 *
 * @returns the endpoint's name and the port
 */
export async function serveFolder(
  server: InferenceServer,
  flags: FolderFlags,
): Promise<{ name: string; port: number }> {
  const table = await tableOf(flags);
  for (const outcome of await server.apply(table)) {
    if (!outcome.ok) throw failureFrom(outcome.failure);
  }
  return { name: table.endpoints[0]!.name, port: (await server.listen()).port };
}

async function tableOf(flags: FolderFlags): Promise<RoutingTable> {
  const { modelDir, modelVersion, tokenFile } = flags;
  const bundle = await readBundle(modelDir);
  const { id } = bundle;
  const name = flags.modelName ?? nameOf(bundle);
  const tokenHashes = tokenFile === undefined ? 'open' : await tokenHashesOf(tokenFile);
  const route = { modelName: name, modelVersion, bundleId: id, folder: modelDir, weight: 1 };
  return { endpoints: [{ name, tokenHashes, routes: [route] }] };
}

/** As the dataset is called that the model was trained on, or the file that it was imported from. */
function nameOf(bundle: ServableBundle): string {
  if (bundle.takes === 'columns') return bundle.manifest.lineage.dataset;
  return bundle.manifest.lineage.source.file.replace(/\.\w+$/, '').replaceAll(/[^\w-]+/g, '-');
}

/** One token a line; empty lines and lines after a # do not count. */
async function tokenHashesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw fail('config.invalid', { reason: `--token-file ${path} cannot be read` }, { cause });
  });
  const tokens = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (tokens.length === 0) throw fail('config.invalid', { reason: `--token-file ${path} holds no token` });
  return tokens.map(hashSecret);
}
