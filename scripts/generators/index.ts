import { commandsReference } from './commands-reference.ts';
import { configurationReference } from './configuration-reference.ts';
import { failuresReference } from './failures-reference.ts';
import { kernelsFile } from './kernels-file.ts';
import { openApiFile } from './open-api-file.ts';
import { operationsReference } from './operations-reference.ts';

const TREE_KERNELS = 'packages/server/src/stages/train/learners/boosted-trees/kernels/tree-kernels-module.ts';
const MATRIX_KERNELS = 'packages/server/src/stages/train/learners/network/kernels/matrix-kernels-module.ts';
const SHAP_KERNEL = 'packages/server/src/stages/validate/explain/kernels/shap-kernel-module.ts';

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
  [TREE_KERNELS]: kernelsFile(TREE_KERNELS),
  [MATRIX_KERNELS]: kernelsFile(MATRIX_KERNELS),
  [SHAP_KERNEL]: kernelsFile(SHAP_KERNEL),
};
