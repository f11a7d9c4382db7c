import { createRequire } from 'node:module';
import { ROOT } from '../root.mjs';

/** What is read: the source of every package, and the tests and benchmarks that use it. */
const READ = ['packages', 'tests', 'bench'];

/** @typedef {{ rule: string, from: string, to: string, comment: string }} Violation */

/**
 * Reads the imports of the codebase in `folder` and checks them against `.dependency-cruiser.mjs`.
 *
 * @param {string} [folder] absolute; the repository itself by default
 * @returns {Promise<{ modules: string[], imports: number, violations: Violation[] }>}
 */
export async function cruiseCodebase(folder = ROOT) {
  teachSwcJsx();
  const { cruise } = await import('dependency-cruiser');
  const { default: rules } = await import('../../.dependency-cruiser.mjs');
  const { enhancedResolveOptions, ...options } = rules.options ?? {};
  const { output } = await cruise(
    READ,
    { ...options, baseDir: folder, validate: true, ruleSet: { forbidden: rules.forbidden } },
    enhancedResolveOptions,
  );
  if (typeof output === 'string') throw new Error(output);
  const ours = output.modules.filter(({ source }) => READ.some((top) => source.startsWith(`${top}/`)));
  return {
    modules: ours.map(({ source }) => source),
    imports: ours.reduce((sum, { dependencies }) => sum + dependencies.length, 0),
    violations: output.summary.violations.map(({ rule, from, to }) => ({
      rule: rule.name,
      from,
      to,
      comment: rules.forbidden?.find(({ name }) => name === rule.name)?.comment ?? '',
    })),
  };
}

/** dependency-cruiser has swc parse everything as TypeScript without JSX, which fails on our .tsx files. */
function teachSwcJsx() {
  const swc = createRequire(import.meta.url)('@swc/core');
  if (swc.parseFileSync.knowsJsx) return;
  const parse = swc.parseFileSync.bind(swc);
  swc.parseFileSync = Object.assign(
    (/** @type {string} */ file, /** @type {object} */ options) =>
      parse(file, { ...options, tsx: file.endsWith('x') }),
    { knowsJsx: true },
  );
}
