import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';
import { baseEntries } from './base-entries.mjs';
import { imageConfig } from './image-config.mjs';
import { entriesBelow } from './image-entry.mjs';
import { writeArchive } from './write-archive.mjs';
import { writeLayer } from './write-layer.mjs';

/** Where an installation lies in the image, and its packages in it. */
const PLACE = 'opt/slipway';
const PACKAGES = `${PLACE}/lib/slipway/node_modules`;

/**
 * Makes the image of an installation: layers for the system, the dependencies and the program, from what changes least to what changes
 * most, and the archive of all.
 *
 * @param {{ installation: string, out: string, scratch: string, tag?: string | undefined }} options `scratch` is a folder for the layers
 */
export async function makeImage({ installation, out, scratch, tag }) {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const time = timeOfFiles();
  const layers = [];
  for (const [title, entries] of Object.entries(await layersOf(installation)))
    layers.push(await writeLayer(entries, { title, time, file: join(scratch, `${title}.tar.gz`) }));
  // A name at localhost is never looked up elsewhere, where another may have it.
  const name = tag ?? `localhost/slipway:${version}`;
  const config = imageConfig({ layers, time, version, revision: git('rev-parse', 'HEAD') });
  const digest = await writeArchive(out, { layers, config, name, time });
  return { digest, name, layers };
}

/**
 * @param {string} installation
 * @returns {Promise<Record<'system' | 'dependencies' | 'program', import('./image-entry.mjs').ImageEntry[]>>}
 */
export async function layersOf(installation) {
  const own = await entriesBelow(installation, PLACE);
  const isOfPackages = (/** @type {string} */ path) => `${path}/`.startsWith(`${PACKAGES}/`);
  return {
    system: await baseEntries(installation),
    dependencies: own.filter(({ path }) => isOfPackages(path)),
    program: [
      { type: 'directory', path: PLACE },
      { type: 'symlink', path: 'usr/local/bin/slipway', target: `/${PLACE}/bin/slipway` },
      ...own.filter(({ path }) => !isOfPackages(path)),
    ],
  };
}

/** SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch), else the time of the commit; 1970 where there is none. */
export function timeOfFiles() {
  const seconds = process.env.SOURCE_DATE_EPOCH || git('log', '-1', '--format=%ct') || '0';
  if (!/^\d{1,10}$/.test(seconds)) throw new Error('SOURCE_DATE_EPOCH must be a number of seconds');
  return new Date(Number(seconds) * 1000);
}

/** @param {string[]} words */
function git(...words) {
  const { status, stdout } = spawnSync('git', ['-C', ROOT, ...words], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
