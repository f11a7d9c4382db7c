import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';

/**
 * Inlines our own packages (`@slipway/<name>` → `packages/<name>/src/index.ts`) and leaves every other package to
 * be found in node_modules at run time: native parts and WASM files must stay where their packages put them.
 *
 * @returns {import('esbuild').Plugin}
 */
export function inlineWorkspace() {
  return {
    name: 'inline-workspace',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        const own = /^@slipway\/([a-z-]+)$/.exec(path)?.[1];
        if (own === undefined) return { path, external: true };
        const source = join(ROOT, 'packages', own, 'src/index.ts');
        return existsSync(source)
          ? { path: source, sideEffects: false }
          : { errors: [{ text: `${path} has no src/index.ts` }] };
      });
    },
  };
}
