import { basename, dirname } from 'node:path';
import { compileKernels } from '../build/kernels.mjs';

/**
 * A compiled WebAssembly module as text in TypeScript, so that programs of one file have it inside: `FOLDER/NAME-module.ts`
 * from `FOLDER/assembly/NAME.ts`.
 */
export function kernelsFile(file: string): (root: string) => string {
  const name = basename(file, '-module.ts');
  const constant = `${name.replaceAll('-', '_').toUpperCase()}_MODULE`;
  return (root) =>
    [
      `// Made by \`npm run generate\` from assembly/${name}.ts; do not edit.`,
      '',
      '/** The WebAssembly module, base64. */',
      `export const ${constant} =`,
      `  '${compileKernels(root, `${dirname(file)}/assembly/${name}.ts`).toString('base64')}';`,
      '',
    ].join('\n');
}
