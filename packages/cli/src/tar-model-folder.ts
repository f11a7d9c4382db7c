import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '@slipway/contract';
import { pack } from 'tar-stream';

/** What of a model's folder is sent: what it is, its graphs and their data. Code, environments and pickles stay here. */
const SENT = /^MLmodel$|\.onnx$|[._]data$/;
/** `MLmodel` lies at the top, graphs beside it or one folder below. */
const DEEPEST = 3;
/** Files with the data of one graph; onnx writes one for each tensor where it is asked to. */
const MOST_FILES = 10_000;

/**
 * The folder of a model as a tar: graphs, the files that they keep tensor data in, and `MLmodel`. Links are not followed. Throws
 * `file.not-found` where there is neither `MLmodel` nor a graph, and `request.invalid` for data in a link.
 */
export async function tarOfModelFolder(folder: string): Promise<AsyncIterable<Uint8Array>> {
  const paths = await pathsOf(folder, '', 0);
  if (paths.length > MOST_FILES)
    throw fail(
      'request.invalid',
      { reason: `${folder} holds more than ${MOST_FILES} files of a model` },
      { path: 'path' },
    );
  const graphs = paths.filter((path) => path.endsWith('.onnx'));
  if (!paths.includes('MLmodel') && graphs.length === 0)
    throw fail('file.not-found', { file: join(folder, 'MLmodel') });
  const data = await Promise.all(
    graphs.map(async (graph) => {
      const below = dirname(graph);
      return (await filesBesideGraph(join(folder, graph))).map((name) => join(below, name));
    }),
  );
  return tarOf(folder, [...new Set([...paths, ...data.flat()])].sort());
}

/** Files of a folder as a tar. */
export async function tarOf(folder: string, paths: readonly string[]): Promise<AsyncIterable<Uint8Array>> {
  const tar = pack();
  const fill = async () => {
    for (const path of paths) {
      const bytes = await readWhole(join(folder, path));
      await new Promise<void>((resolve, reject) => {
        tar.entry({ name: path, mtime: new Date(0) }, bytes, (error) => (error ? reject(error) : resolve()));
      });
    }
    tar.finalize();
  };
  fill().catch((error: Error) => tar.destroy(error));
  return tar as AsyncIterable<Uint8Array>;
}

/** What Node reads at once, and the most that a graph can have. */
const LARGEST_BYTES = 2 ** 31 - 1;

/** Throws `request.too-large`. */
async function readWhole(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > LARGEST_BYTES) throw fail('request.too-large', { limitBytes: LARGEST_BYTES });
  return readFile(path);
}

/** How the name of a file with tensor data stands in a graph: the key `location` of StringStringEntryProto, then the value. */
const LOCATION = Buffer.from([0x0a, 8, ...Buffer.from('location'), 0x12]);
const LONGEST_NAME = 127;

/**
 * The files beside a graph that it names as the places of its tensor data, as far as they are there: relative paths below its folder.
 * What else the bytes could mean is the server's to find out. Throws `request.invalid` for one that is a link.
 */
export async function filesBesideGraph(path: string): Promise<string[]> {
  const graph = await readWhole(path);
  const names = new Set<string>();
  for (
    let at = graph.indexOf(LOCATION);
    at >= 0 && names.size < MOST_FILES;
    at = graph.indexOf(LOCATION, at + 1)
  ) {
    const start = at + LOCATION.length + 1;
    const length = graph[start - 1]!;
    if (length <= LONGEST_NAME) names.add(graph.toString('utf8', start, start + length));
  }
  const found = await Promise.all([...names].filter(isBelow).map((name) => plainFile(dirname(path), name)));
  return found.filter((name) => name !== undefined).sort();
}

function isBelow(name: string): boolean {
  return name !== '' && !/^[/\\]|^[A-Za-z]:|[\\\0]/.test(name) && !name.split('/').includes('..');
}

/** The name where a plain file lies there, in plain folders. */
async function plainFile(folder: string, name: string): Promise<string | undefined> {
  let path = folder;
  for (const part of name.split('/').filter((each) => each !== '' && each !== '.')) {
    path = join(path, part);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink() === true) {
      const reason = `${name} is a symbolic link; copy the model with cp -rL and import the copy`;
      throw fail('request.invalid', { reason }, { path: 'path' });
    }
    if (found === undefined) return undefined;
  }
  return (await lstat(path)).isFile() ? name : undefined;
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
