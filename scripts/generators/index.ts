import { commandsReference } from './commands-reference.ts';
import { configurationReference } from './configuration-reference.ts';
import { failuresReference } from './failures-reference.ts';
import { openApiFile } from './open-api-file.ts';
import { operationsReference } from './operations-reference.ts';
import { TREE_KERNELS_FILE, treeKernelsFile } from './tree-kernels-file.ts';

/**
 * Every generated file of the repository and what it should hold, given the repository's root; `npm run check` fails when
 * one is stale.
 */
export const GENERATED: Record<string, (root: string) => string> = {
  'docs/api/openapi.json': openApiFile,
  'docs/reference/commands.md': commandsReference,
  'docs/reference/configuration.md': configurationReference,
  'docs/reference/failures.md': failuresReference,
  'docs/reference/operations.md': operationsReference,
  [TREE_KERNELS_FILE]: treeKernelsFile,
};
