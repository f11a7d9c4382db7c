import { compileKernels } from '../build/kernels.mjs';

const FOLDER = 'packages/server/src/journey/train/learners/boosted-trees/kernels';

export const TREE_KERNELS_FILE = `${FOLDER}/tree-kernels-module.ts`;

/** The compiled kernels of boosted trees as text in TypeScript, so that programs of one file have them inside. */
export function treeKernelsFile(root: string): string {
  const module = compileKernels(root, `${FOLDER}/assembly/tree-kernels.ts`);
  return [
    '// Made by `npm run generate` from assembly/tree-kernels.ts; do not edit.',
    '',
    '/** The WebAssembly module of the kernels, base64. */',
    'export const TREE_KERNELS_MODULE =',
    `  '${module.toString('base64')}';`,
    '',
  ].join('\n');
}
