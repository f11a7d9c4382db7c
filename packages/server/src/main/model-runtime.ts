import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `package-lock.json` says of a package. */
type Locked = {
  version?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
  [field: string]: unknown;
};

const RUNTIME = 'onnxruntime-node';
/** The parts that answer on Linux, where images run: the program, and the native libraries of the CPU. */
const CARRIED: Record<string, readonly RegExp[]> = {
  [RUNTIME]: [
    /^(?:package\.json|(?:LICENSE|README|ThirdPartyNotices)[^/]*)$/,
    /^dist\/.*\.js$/,
    /^bin\/napi-v\d+\/linux\/(?:x64|arm64)\/(?:libonnxruntime\.so[.\d]*|onnxruntime_binding\.node)$/,
  ],
  'onnxruntime-common': [/^(?:package\.json|(?:LICENSE|README)[^/]*)$/, /^dist\/cjs\/.*\.(?:js|json)$/],
};

/**
 * The files that a container of a model of tensors needs, as this installation has them: `package.json` and
 * `package-lock.json` with the versions and integrity hashes of its own lockfile, and `node_modules/` with ONNX Runtime for
 * Linux. A build needs no package registry; `npm ci` by the lockfile gives the same packages for other systems.
 *
 * @param root folder of the installation, with `node_modules` and its lockfile
 */
export async function modelRuntime(root: string): Promise<[string, string | (() => Promise<Uint8Array>)][]> {
  const lock = JSON.parse(await lockfileOf(root)) as { packages: Record<string, Locked> };
  const packages = lockedWith(RUNTIME, new Map(Object.entries(lock.packages)));
  const top = {
    name: 'slipway-model-runtime',
    version: '1.0.0',
    private: true,
    dependencies: { [RUNTIME]: packages.get(`node_modules/${RUNTIME}`)!.version },
  };
  const own = { name: top.name, version: top.version, lockfileVersion: 3, requires: true };
  const locked = Object.fromEntries([['', top], ...[...packages].sort(([a], [b]) => (a < b ? -1 : 1))]);
  const files = await Promise.all(
    Object.entries(CARRIED).map(([name, patterns]) => carried(root, name, patterns)),
  );
  return [
    ['package.json', `${JSON.stringify({ ...top, type: 'module' }, null, 2)}\n`],
    ['package-lock.json', `${JSON.stringify({ ...own, packages: locked }, null, 2)}\n`],
    ...files.flat(),
  ];
}

/** A clone has `package-lock.json`, which npm leaves out of packages; an installed package has `npm-shrinkwrap.json`. */
async function lockfileOf(root: string): Promise<string> {
  const shrinkwrap = await readFile(join(root, 'npm-shrinkwrap.json'), 'utf8').catch(() => undefined);
  return shrinkwrap ?? readFile(join(root, 'package-lock.json'), 'utf8');
}

/** A package and all that it depends on, by their paths in the lockfile. */
function lockedWith(name: string, all: ReadonlyMap<string, Locked>): Map<string, Locked> {
  const found = new Map<string, Locked>();
  const add = (path: string) => {
    const locked = all.get(path);
    if (locked === undefined) throw new Error(`package-lock.json has no ${path}`);
    if (found.has(path)) return;
    found.set(path, locked);
    for (const wanted of Object.keys(locked.dependencies ?? {})) add(foundFrom(path, wanted, all));
  };
  add(`node_modules/${name}`);
  return found;
}

/** Where a package finds another: beside itself, or in the folders above. */
function foundFrom(path: string, wanted: string, all: ReadonlyMap<string, Locked>): string {
  for (let base = path; base !== ''; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const nested = `${base}/node_modules/${wanted}`;
    if (all.has(nested)) return nested;
  }
  return `node_modules/${wanted}`;
}

async function carried(
  root: string,
  name: string,
  patterns: readonly RegExp[],
): Promise<[string, () => Promise<Uint8Array>][]> {
  const folder = join(root, 'node_modules', name);
  const names = (await readdir(folder, { recursive: true })).map((path) => path.replaceAll('\\', '/'));
  return names
    .filter((path) => patterns.some((pattern) => pattern.test(path)))
    .sort()
    .map((path) => [`node_modules/${name}/${path}`, () => readFile(join(folder, path))]);
}
