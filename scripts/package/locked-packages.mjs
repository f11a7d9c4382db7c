/**
 * What `package-lock.json` says of a package.
 *
 * @typedef {{ version: string, integrity?: string, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string>,
 *   peerDependencies?: Record<string, string>, peerDependenciesMeta?: Record<string, { optional?: boolean }>, os?: string[], cpu?: string[],
 *   libc?: string[], optional?: boolean, dev?: boolean, devOptional?: boolean, peer?: boolean }} Locked
 */

/** Our own packages whose dependencies the programs in `dist/` import; the console is built into one file each. */
const OURS = ['contract', 'sdk', 'server', 'cli'];

/**
 * What the programs need at run time, by the lockfile of the repository: the packages that they import and all that those
 * depend on, on every platform, by their paths from `node_modules` on.
 *
 * @param {{ packages: Record<string, Locked> }} lock
 * @returns {Map<string, Locked>}
 */
export function runtimePackages(lock) {
  const all = new Map(Object.entries(lock.packages));
  const names = OURS.flatMap((name) => Object.keys(all.get(`packages/${name}`)?.dependencies ?? {}))
    .filter((name) => !name.startsWith('@slipway/'))
    .sort();
  /** @type {Map<string, Locked>} */
  const closure = new Map();
  for (const name of names) addWithDependencies(`node_modules/${name}`, all, closure);
  return closure;
}

/**
 * @param {string} path
 * @param {ReadonlyMap<string, Locked>} all
 * @param {Map<string, Locked>} closure
 */
function addWithDependencies(path, all, closure) {
  const locked = all.get(path);
  if (locked === undefined) throw new Error(`package-lock.json has no ${path}`);
  if (closure.has(path)) return;
  closure.set(path, withoutRoles(locked));
  const peers = Object.keys(locked.peerDependencies ?? {}).filter(
    (name) => !new Map(Object.entries(locked.peerDependenciesMeta ?? {})).get(name)?.optional,
  );
  const wanted = [
    ...Object.keys(locked.dependencies ?? {}),
    ...Object.keys(locked.optionalDependencies ?? {}),
    ...peers,
  ];
  for (const name of wanted) addWithDependencies(placeOf(path, name, all), all, closure);
}

/**
 * Without what a package is in the repository, which is another thing than what it is of the programs.
 *
 * @param {Locked} locked
 * @returns {Locked}
 */
function withoutRoles({ dev: _dev, devOptional: _devOptional, peer: _peer, ...rest }) {
  return rest;
}

/**
 * Where a package finds another: beside itself, or in the folders above.
 *
 * @param {string} path
 * @param {string} name
 * @param {ReadonlyMap<string, Locked>} all
 */
function placeOf(path, name, all) {
  for (let base = path; base !== ''; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const nested = `${base}/node_modules/${name}`;
    if (all.has(nested)) return nested;
  }
  return `node_modules/${name}`;
}

/**
 * Whether npm installs a package on a machine.
 *
 * @param {Locked} locked
 * @param {{ os: string, cpu: string, libc?: string | undefined }} machine as `process.platform`, `process.arch` and `glibc` or `musl`
 */
export function isFor({ os, cpu, libc }, machine) {
  const fits = (/** @type {string[] | undefined} */ allowed, /** @type {string | undefined} */ own) =>
    allowed === undefined || own === undefined || allowed.includes(own);
  return fits(os, machine.os) && fits(cpu, machine.cpu) && fits(libc, machine.libc);
}
