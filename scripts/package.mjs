// Packs Slipway into one npm package, dist/ being built: slipway-platform-VERSION.tgz.
//
//   node scripts/package.mjs [--out FOLDER] [--offline this|all]
//
// With --offline also FOLDER/offline, which holds every package that it depends on, with the native parts of this machine or of all.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeOfflineFolder } from './package/offline-folder.mjs';
import { packPackage } from './package/pack-package.mjs';

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'release' }, offline: { type: 'string' } },
});
if (values.offline !== undefined && !['this', 'all'].includes(values.offline))
  throw new Error('--offline takes this or all');
const out = resolve(values.out);
await mkdir(out, { recursive: true });
const tarball = await packPackage(out);
process.stdout.write(`${tarball}\n`);
if (values.offline !== undefined) {
  const machine =
    values.offline === 'all' ? 'all' : { os: process.platform, cpu: process.arch, libc: libcHere() };
  const count = await makeOfflineFolder(tarball, join(out, 'offline'), machine);
  process.stdout.write(`${join(out, 'offline')} (${count} packages)\n`);
}

/** Node says it of the C library that it runs with; undefined where there is no choice. */
function libcHere() {
  if (process.platform !== 'linux') return undefined;
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}
