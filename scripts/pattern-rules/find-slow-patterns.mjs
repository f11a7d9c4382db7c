import { join, relative, sep } from 'node:path';
import { checkSync } from 'recheck';
import {
  isIdentifier,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isStringLiteral,
  isTemplateExpression,
  isVariableDeclaration,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';
import { ROOT } from '../root.mjs';

/** The programs that ship, each with the sources that are read. */
const PROJECTS = ['tsconfig.json', 'packages/console/tsconfig.json'];
const IS_SHIPPED = /^packages\/[^/]+\/src\/(?!(?:.*\/)?testing\/)(?!.*\.test\.tsx?$).*\.tsx?$/;

/** What a pattern may take to be checked; those that are too large for it are in `LOOKED_AT`. */
const MILLISECONDS = 20_000;

/** Patterns that the checker cannot decide, by the start of their source, with why they are linear. */
const LOOKED_AT = new Map([
  [
    '/^[\\s*(=-]*(?:(?:grand |sub)?total|',
    'one run of marks that no word begins with, then one of fixed words',
  ],
  ['/(?<code>`[^`]+`)|(?<strong>', 'each alternative stops at the next mark of its kind'],
  [
    '/^bin\\/napi-v\\d+\\/linux',
    'no repeated part may begin with what follows it; of names in our own packages',
  ],
  ['/^\\/v2\\/models\\/[^/]+\\/versions\\/', 'each part ends at the next slash'],
]);

/** Files whose patterns are put together at run time, with why those are linear. */
const ASSEMBLED = new Map([
  ['packages/cli/src/progress.ts', 'one run of digits behind a character of its own'],
  ['packages/server/src/stages/serve/prediction-time.ts', 'a run of one length'],
  [
    'packages/server/src/kernel/exact-json.ts',
    'one run of digits, behind a mark that nothing else holds, or bounded',
  ],
  [
    'packages/server/src/stages/ingest/readings/number-unit.ts',
    'words of a unit as they are, with single spaces',
  ],
  [
    'packages/server/src/stages/ingest/readings/parse-date.ts',
    'forms of dates: bounded runs between other marks',
  ],
  ['packages/server/src/stages/ingest/readings/guess-readings.ts', 'the same'],
]);

/**
 * @typedef {import('typescript/unstable/ast').Node} Node
 * @typedef {import('typescript/unstable/ast').SourceFile} SourceFile
 * @typedef {{ node: Node, source: string, flags: string }} Pattern
 * @typedef {{ file: string, line: number, text: string, reason: string }} Slow
 */

/**
 * Finds regular expressions of shipped sources for which some text takes more than linear time, and those that cannot be decided.
 *
 * @param {string} [folder] absolute; the repository itself by default
 * @param {string[]} [projects] configuration files of the compiler, relative to the folder
 * @returns {{ patterns: number, slow: Slow[] }}
 */
export function findSlowPatterns(folder = ROOT, projects = PROJECTS) {
  const api = new API({ cwd: folder });
  const read = new Set();
  let patterns = 0;
  try {
    const slow = projects.flatMap((config) => {
      const path = join(folder, config);
      const project = api.updateSnapshot({ openProjects: [path] }).getProject(path);
      if (project === undefined) throw new Error(`the compiler does not open ${config}`);
      return project.program.getSourceFileNames().flatMap((name) => {
        const file = relative(folder, name).split(sep).join('/');
        if (!IS_SHIPPED.test(file) || read.has(file)) return [];
        read.add(file);
        const source = project.program.getSourceFile(name);
        if (source === undefined) throw new Error(`the compiler does not give ${file}`);
        return patternsIn(source).flatMap(({ node, ...pattern }) => {
          patterns++;
          const text = textOf(node, source);
          const reason = isLookedAt(text) ? null : reasonOf(pattern, file);
          const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
          return reason === null ? [] : [{ file, line, text: text.slice(0, 120), reason }];
        });
      });
    });
    return { patterns, slow };
  } finally {
    api.close();
  }
}

/**
 * @param {string} text
 * @returns {boolean}
 */
function isLookedAt(text) {
  return [...LOOKED_AT.keys()].some((start) => text.startsWith(start));
}

/**
 * The literal, or the expression that a pattern is made of.
 *
 * @param {Node} node
 * @param {SourceFile} source
 * @returns {string}
 */
function textOf(node, source) {
  const made = isNewExpression(node) ? (node.arguments?.[0] ?? node) : node;
  return made.getText(source).replace(/\s+/g, ' ');
}

/**
 * @param {{ source: string | null, flags: string }} pattern
 * @param {string} file
 * @returns {string | null}
 */
function reasonOf({ source, flags }, file) {
  if (source === null && ASSEMBLED.has(file)) return null;
  if (source === null)
    return 'is put together at run time: write it out, or say in ASSEMBLED why it is linear';
  const { status, ...found } = checkSync(source, flags, { timeout: MILLISECONDS });
  if (status === 'safe') return null;
  if (status === 'unknown') return 'cannot be decided: make it simpler, or say in LOOKED_AT why it is linear';
  const { complexity, attack } =
    /** @type {{ complexity?: { summary: string }, attack?: { pattern: string } }} */ (found);
  return `${complexity?.summary ?? 'slow'} for ${(attack?.pattern ?? '').slice(0, 80)}`;
}

/**
 * @param {SourceFile} source
 * @returns {{ node: Node, source: string | null, flags: string }[]}
 */
function patternsIn(source) {
  /** @type {{ node: Node, source: string | null, flags: string }[]} */
  const found = [];
  const constants = constantsOf(source);
  /** @param {Node} node */
  const visit = (node) => {
    if (node.kind === SyntaxKind.RegularExpressionLiteral) {
      const text = node.getText(source);
      const end = text.lastIndexOf('/');
      found.push({ node, source: text.slice(1, end), flags: text.slice(end + 1) });
    } else if (isNewExpression(node) && node.expression.getText(source) === 'RegExp') {
      const [pattern, flags] = node.arguments ?? [];
      const folded = pattern === undefined ? null : fold(pattern, constants);
      found.push({ node, source: folded, flags: flags === undefined ? '' : (fold(flags, constants) ?? '') });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/**
 * The constants of a file that are texts, by name.
 *
 * @param {SourceFile} source
 * @returns {Map<string, string>}
 */
function constantsOf(source) {
  /** @type {Map<string, string>} */
  const constants = new Map();
  /** @param {Node} node */
  const visit = (node) => {
    if (isVariableDeclaration(node) && isIdentifier(node.name) && node.initializer !== undefined) {
      const value = fold(node.initializer, constants);
      if (value !== null) constants.set(node.name.text, value);
    }
    node.forEachChild(visit);
  };
  visit(source);
  return constants;
}

/**
 * The text that an expression is, where it is put together of texts and constants.
 *
 * @param {Node} node
 * @param {ReadonlyMap<string, string>} constants
 * @returns {string | null}
 */
function fold(node, constants) {
  if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (isIdentifier(node)) return constants.get(node.text) ?? null;
  if (!isTemplateExpression(node)) return null;
  let text = node.head.text;
  for (const { expression, literal } of node.templateSpans) {
    const value = fold(expression, constants);
    if (value === null) return null;
    text += value + literal.text;
  }
  return text;
}
