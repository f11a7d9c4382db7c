import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../root.mjs';

/**
 * What some tests need beyond Node and npm. A suite that skips names the part it misses in its title or its skip
 * note, so that the closing summary can say what to install, and can tell a skip that had no reason.
 *
 * @typedef {{ words: RegExp, says: string, here: () => boolean }} Part
 * @type {Record<string, Part>}
 */
export const PARTS = {
  chromium: {
    words: /chromium|browser/i,
    says: 'Chromium at /usr/bin/chromium',
    here: () => existsSync('/usr/bin/chromium'),
  },
  postgres: {
    words: /postgres/i,
    says: 'PostgreSQL under /usr/lib/postgresql/*/bin',
    here: () => {
      const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
      return versions.some((version) => existsSync(`/usr/lib/postgresql/${version}/bin/initdb`));
    },
  },
  python: {
    words: /python|mlflow|scikit|sklearn|triton|kserve|\.venv/i,
    says: 'Python with what tests/requirements.txt names at .venv/bin/python or $SLIPWAY_TEST_PYTHON',
    here: () => existsSync(process.env.SLIPWAY_TEST_PYTHON ?? join(ROOT, '.venv/bin/python')),
  },
  data: {
    words: /shared\/data|shared data|real (data|tables|sets)/i,
    says: 'the tables in ../shared/data',
    here: () => existsSync(join(ROOT, '../shared/data')),
  },
  strace: {
    words: /strace/i,
    says: 'strace that may trace',
    here: () => spawnSync('strace', ['-o', '/dev/null', 'true'], { timeout: 10_000 }).status === 0,
  },
  bubblewrap: {
    words: /bubblewrap/i,
    says: 'bubblewrap (bwrap) that may make namespaces',
    here: () =>
      spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { timeout: 10_000 }).status === 0,
  },
  tini: {
    words: /\btini\b/i,
    says: 'tini at /usr/bin/tini, and Linux with glibc',
    here: () => existsSync('/usr/bin/tini'),
  },
  systemd: {
    words: /systemd/i,
    says: 'systemd-analyze',
    here: () => existsSync('/usr/bin/systemd-analyze'),
  },
  docker: {
    words: /docker/i,
    says: 'a Docker engine that starts (Linux, root, docker.io, iptables and iproute2; .ci/run tries it and sets SLIPWAY_TEST_DOCKER=1)',
    here: () => process.env.SLIPWAY_TEST_DOCKER === '1',
  },
  currentNode: {
    words: /current Node/,
    says: 'the Node that images ship at $SLIPWAY_TEST_CURRENT_NODE, or as npm run test:image-node installs it',
    here: () => existsSync(currentNode()),
  },
  controlGroups: {
    words: /control groups/,
    says: 'the right to make control groups with a memory limit',
    here: () => false, // whoever needs them tries, and skips where that fails
  },
  openClone: {
    words: /other users can read/,
    says: 'a clone in folders that other users can read',
    here: isOpenToOthers,
  },
  kubernetes: {
    words: /kubernetes|kubectl/i,
    says: 'kubectl',
    here: () => spawnSync('kubectl', ['version', '--client'], { timeout: 10_000 }).status === 0,
  },
};

/** Where the Node that images ship is, if it is there. */
export function currentNode() {
  const installed = `scripts/image-node/node_modules/node-${process.platform}-${process.arch}/bin/node`;
  return process.env.SLIPWAY_TEST_CURRENT_NODE ?? join(ROOT, installed);
}

/** Whether any user of this machine may run what lies in this clone. */
export function isOpenToOthers() {
  for (let folder = ROOT; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o5) !== 0o5) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Why a test was skipped, as far as its own words and this machine tell.
 *
 * @param {string} words title and skip note
 * @param {(name: string) => boolean} [isHere]
 * @returns {{ missing: string[], present: string[] }} parts the words name, by whether this machine has them
 */
export function partsNamedBy(words, isHere = isHereOnce) {
  const named = Object.keys(PARTS).filter((name) => PARTS[name]?.words.test(words));
  return { missing: named.filter((name) => !isHere(name)), present: named.filter(isHere) };
}

/** @type {Map<string, boolean>} */
const KNOWN = new Map();

/** @param {string} name */
function isHereOnce(name) {
  const known = KNOWN.get(name) ?? PARTS[name]?.here() ?? false;
  KNOWN.set(name, known);
  return known;
}
