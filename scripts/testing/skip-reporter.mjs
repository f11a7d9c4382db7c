import { relative } from 'node:path';
import { ROOT } from '../root.mjs';
import { PARTS, partsNamedBy } from './machine.mjs';

/** @typedef {{ where: string, why: string, missing: string[] }} Skip */

/**
 * Ends a run with one summary of what was skipped and why, and a plain line of counts. Under
 * `SLIPWAY_REQUIRE_ALL=1` a skip that misses nothing on this machine fails the run.
 *
 * @typedef {import('vitest/reporters').Reporter} Reporter
 * @implements {Reporter}
 */
export class SkipReporter {
  /** @type {(line: string) => void} */
  #print;
  /** @type {boolean} */
  #requireAll;

  /** @param {{ print?: (line: string) => void, requireAll?: boolean }} [options] */
  constructor({
    print = (line) => process.stdout.write(`${line}\n`),
    requireAll = process.env.SLIPWAY_REQUIRE_ALL === '1',
  } = {}) {
    this.#print = print;
    this.#requireAll = requireAll;
  }

  /** @type {NonNullable<Reporter['onTestRunEnd']>} */
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const of = (/** @type {string} */ state) => tests.filter((test) => test.result().state === state);
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const brokenSuites = suites.filter((suite) => suite.errors().length > 0).length;
    const skips = of('skipped').map(skipOf);
    const unexplained = skips.filter(({ missing }) => missing.length === 0);
    for (const line of summaryOf(skips)) this.#print(line);
    const failed = of('failed').length + brokenSuites + unhandledErrors.length;
    const forbidden = this.#requireAll ? unexplained.length : 0;
    if (forbidden > 0) {
      this.#print(
        `SLIPWAY_REQUIRE_ALL: ${forbidden} skipped tests could run on this machine, which fails the run`,
      );
      process.exitCode = 1;
    }
    this.#print(
      `\n${of('passed').length} passed, ${failed + forbidden} failed, ${skips.length - forbidden} skipped`,
    );
  }
}

/**
 * @param {import('vitest/node').TestCase} test
 * @returns {Skip}
 */
function skipOf(test) {
  const result = test.result();
  const note = 'note' in result && typeof result.note === 'string' ? result.note : '';
  const file = relative(ROOT, test.module.moduleId);
  const { missing } = partsNamedBy(`${file} ${test.fullName} ${note}`);
  const why =
    missing.map((part) => `needs ${PARTS[part]?.says}`).join('; ') ||
    note ||
    'gave no reason that this machine shares';
  return { where: file, why, missing };
}

/**
 * @param {Skip[]} skips
 * @returns {string[]}
 */
function summaryOf(skips) {
  if (skips.length === 0) return ['\nNothing was skipped.'];
  const counts = new Map();
  for (const { where, why } of skips) {
    const files = counts.get(why) ?? new Map();
    counts.set(why, files.set(where, (files.get(where) ?? 0) + 1));
  }
  return [
    '\nSkipped:',
    ...[...counts].flatMap(([why, files]) => [
      `  ${why}`,
      ...[...files].map(([file, count]) => `    ${file} (${count})`),
    ]),
  ];
}
