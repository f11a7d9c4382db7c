import { fail, failureFrom } from '@slipway/contract';
import type { RoutingTable } from '../stages/deploy/index.ts';
import type { InferenceServer } from './inference-server.ts';
import { readBundle, type ServableBundle } from './read-bundle.ts';
import type { InferenceFlags } from './read-flags.ts';
import { followTokenFile, readTokenFile, type TokenFile } from './token-file.ts';

export type FolderFlags = Pick<InferenceFlags, 'modelName' | 'modelVersion' | 'access' | 'tokenFile'> & {
  modelDir: string;
};

/** Something to log: who may call, when the process starts and whenever that changes. */
export type FolderReport = { event: 'access' | 'warning'; says: string };

export type FolderServing = {
  /** The endpoint's name. */
  name: string;
  port: number;
  /** Stops following the token file. */
  stop(): void;
};

/**
 * Serves the one bundle of a folder, with no control plane: what a container runs. The endpoint is called
 * `modelName`, or as the dataset the model was trained on. Listens only when the model is ready.
 *
 * Callers need a token of the token file, which is read again every few seconds; while it has none (or is not there)
 * nobody may call, and health answers all the same. `access: 'open'` lets everyone call, and no file is read.
 * Throws `endpoint.load-failed`, `bundle.invalid`, `config.invalid`, `listen.in-use`.
 */
export async function serveFolder(
  server: InferenceServer,
  flags: FolderFlags,
  report: (line: FolderReport) => void,
): Promise<FolderServing> {
  const tableFor = await tableMaker(flags);
  const apply = async (tokenHashes: string[] | 'open') => {
    for (const outcome of await server.apply(tableFor(tokenHashes))) {
      if (!outcome.ok) throw failureFrom(outcome.failure);
    }
  };
  const path = tokenFileOf(flags);
  const first = path === undefined ? undefined : await readTokenFile(path);
  await apply(first?.hashes ?? 'open');
  report(saysOf(path, first));
  const follower =
    path === undefined || first === undefined
      ? undefined
      : followTokenFile(
          path,
          first,
          async (file) => {
            await apply(file.hashes);
            report(saysOf(path, file));
          },
          server.onUncaught,
        );
  const { port } = await server.listen();
  return { name: tableFor('open').endpoints[0]!.name, port, stop: () => follower?.stop() };
}

/** Undefined where everyone may call. Throws `config.invalid` where neither a file nor open access is asked for. */
function tokenFileOf({ access, tokenFile }: FolderFlags): string | undefined {
  if (access === 'open') return undefined;
  if (tokenFile !== undefined) return tokenFile;
  const reason =
    'callers need tokens: give --token-file (SLIPWAY_TOKEN_FILE), or let everyone call with --access=open (SLIPWAY_ACCESS=open)';
  throw fail('config.invalid', { reason });
}

function saysOf(path: string | undefined, file: TokenFile | undefined): FolderReport {
  if (path === undefined || file === undefined)
    return { event: 'warning', says: 'access is open: everyone who reaches this port may call' };
  const count = file.hashes.length;
  const tokens = `${count} token${count === 1 ? '' : 's'}`;
  if (file.isUnlinked)
    return {
      event: 'warning',
      says: `${path} was deleted or replaced where it is mounted from: this container still reads the former file, and ${tokens} of it remain valid. Restart the container. To rotate tokens without a restart, write into the file, or mount its folder`,
    };
  if (count > 0) return { event: 'access', says: `${tokens} of ${path} in use` };
  return {
    event: 'warning',
    says: `nobody may call: ${file.problem}. Put tokens there, one a line; they are used within seconds. Where a cloud checks callers, as SageMaker and Vertex AI do, set SLIPWAY_ACCESS=open`,
  };
}

async function tableMaker(flags: FolderFlags): Promise<(tokenHashes: string[] | 'open') => RoutingTable> {
  const { modelDir, modelVersion } = flags;
  const bundle = await readBundle(modelDir);
  const { id } = bundle;
  const name = flags.modelName ?? nameOf(bundle);
  const route = { modelName: name, modelVersion, bundleId: id, folder: modelDir, weight: 1 };
  return (tokenHashes) => ({ endpoints: [{ name, tokenHashes, routes: [route] }] });
}

/** As the dataset is called that the model was trained on, or the file that it was imported from. */
function nameOf(bundle: ServableBundle): string {
  if (bundle.takes === 'columns') return bundle.manifest.lineage.dataset;
  return bundle.manifest.lineage.source.file.replace(/\.\w+$/, '').replaceAll(/[^\w-]+/g, '-');
}
