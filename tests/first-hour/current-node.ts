import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { currentNode } from '../../scripts/testing/machine.mjs';

/** The current Node, as `npm run test:image-node` installs it; undefined before it has. */
export const CURRENT_NODE = existsSync(currentNode()) ? currentNode() : undefined;

/** Its version, or why it is not there. */
export const CURRENT_VERSION =
  CURRENT_NODE === undefined
    ? 'needs the current Node of npm run test:image-node'
    : spawnSync(CURRENT_NODE, ['--version'], { encoding: 'utf8' }).stdout.trim();
