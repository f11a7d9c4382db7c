import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../journey/slipway.ts';

const FOLDER = join(
  ROOT,
  'scripts/image-node/node_modules',
  `node-${process.platform}-${process.arch}`,
  'bin/node',
);

/** The current Node, as `npm run test:image-node` installs it; undefined before it has. */
export const CURRENT_NODE = existsSync(FOLDER) ? FOLDER : undefined;

/** Its version, or why it is not there. */
export const CURRENT_VERSION =
  CURRENT_NODE === undefined
    ? 'needs the Node of npm run test:image-node'
    : spawnSync(CURRENT_NODE, ['--version'], { encoding: 'utf8' }).stdout.trim();
