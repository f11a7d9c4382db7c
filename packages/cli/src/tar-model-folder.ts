import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import { pack } from 'tar-stream';

/** What of a model's folder is sent: what it is, its graphs and their data. Code, environments and pickles stay here. */
const SENT = /^MLmodel$|\.onnx$|[._]data$/;
/** `MLmodel` lies at the top, graphs beside it or one folder below. */
const DEEPEST = 3;

/** The folder of a model as a tar. Links are not followed. Throws `file.not-found` where there is neither `MLmodel` nor a graph. */
export async function tarOfModelFolder(folder: string): Promise<AsyncIterable<Uint8Array>> {
  const paths = await pathsOf(folder, '', 0);
  if (!paths.some((path) => path === 'MLmodel' || path.endsWith('.onnx')))
    throw fail('file.not-found', { file: join(folder, 'MLmodel') });
  const tar = pack();
  const fill = async () => {
    for (const path of paths) {
      const bytes = await readFile(join(folder, path));
      await new Promise<void>((resolve, reject) => {
        tar.entry({ name: path, mtime: new Date(0) }, bytes, (error) => (error ? reject(error) : resolve()));
      });
    }
    tar.finalize();
  };
  fill().catch((error: Error) => tar.destroy(error));
  return tar as AsyncIterable<Uint8Array>;
}

async function pathsOf(folder: string, below: string, depth: number): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const path = join(below, entry.name);
    if (entry.isFile()) return SENT.test(entry.name) ? [path] : [];
    return entry.isDirectory() && depth < DEEPEST ? pathsOf(folder, path, depth + 1) : [];
  });
  return (await Promise.all(found)).flat().sort();
}
