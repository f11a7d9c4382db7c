import { join, relative, sep } from 'node:path';
import {
  isAsExpression,
  isBinaryExpression,
  isBindingElement,
  isCallExpression,
  isComputedPropertyName,
  isElementAccessExpression,
  isForInStatement,
  isNonNullExpression,
  isObjectLiteralExpression,
  isParenthesizedExpression,
  isPropertyAccessExpression,
  isSatisfiesExpression,
  isSpreadAssignment,
  isSpreadElement,
  isStringLiteralLikeNode,
  SyntaxKind,
} from 'typescript/unstable/ast';
import { API, TypeFlags } from 'typescript/unstable/sync';
import { ROOT } from '../root.mjs';

/** The programs that ship, each with the sources that are read. */
const PROJECTS = ['tsconfig.json', 'packages/console/tsconfig.json'];
const IS_SHIPPED = /^packages\/[^/]+\/src\/(?!(?:.*\/)?testing\/)(?!.*\.test\.tsx?$).*\.tsx?$/;

/** The one place where a property is read or written by a name that only the running program knows. */
const ACCESSORS = 'packages/contract/src/own-value.ts';

/**
 * @typedef {import('typescript/unstable/ast').Node} Node
 * @typedef {import('typescript/unstable/ast').SourceFile} SourceFile
 * @typedef {import('typescript/unstable/sync').Checker} Checker
 * @typedef {import('typescript/unstable/sync').Type} Type
 * @typedef {{ file: string, line: number, text: string, rule: keyof typeof RULES }} Lookup
 * @typedef {'known-keys' | 'known-members'} Needs what a suspect must prove: of its key, or of the object it copies
 * @typedef {{ node: Node, rule: keyof typeof RULES, about?: Node, needs?: Needs }} Suspect
 */

/** What each rule forbids, and what to write in its place. */
export const RULES = {
  access: 'object[key] reads and writes what every object inherits: use a Map, ownValue() or defineOwn()',
  in: '`key in object` is true of what every object inherits: use Object.hasOwn()',
  'for-in': '`for … in` visits inherited names: use Object.keys() or Object.entries()',
  pattern: '{ [key]: value } = object reads what every object inherits: use ownValue()',
  assign: 'Object.assign() calls setters, such as that of __proto__: use a spread',
  reflect: 'Reflect reads and writes what every object inherits: use ownValue() or defineOwn()',
};

/**
 * Finds where a shipped source reads or writes a property of a plain object by a key that is not known when it is
 * compiled: a caller who chooses the key may choose `constructor` or `__proto__`. Keys are known when their type is a
 * finite union of literals, unless a cast right there claims so; arrays, tuples, typed arrays and texts take any.
 *
 * @param {string} [folder] absolute; the repository itself by default
 * @param {string[]} [projects] configuration files of the compiler, relative to the folder
 * @returns {{ files: string[], lookups: Lookup[] }}
 */
export function findLookups(folder = ROOT, projects = PROJECTS) {
  const api = new API({ cwd: folder });
  try {
    /** @type {Set<string>} */
    const read = new Set();
    const lookups = projects.flatMap((config) => {
      const path = join(folder, config);
      const project = api.updateSnapshot({ openProjects: [path] }).getProject(path);
      if (project === undefined) throw new Error(`the compiler does not open ${config}`);
      return project.program.getSourceFileNames().flatMap((name) => {
        const file = relative(folder, name).split(sep).join('/');
        if (!IS_SHIPPED.test(file) || file === ACCESSORS || read.has(file)) return [];
        read.add(file);
        const source = project.program.getSourceFile(name);
        if (source === undefined) throw new Error(`the compiler does not give ${file}`);
        return suspectsIn(source)
          .filter((suspect) => isViolation(project.checker, suspect))
          .map(({ node, rule }) => ({
            file,
            line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
            text: node.getText(source).replace(/\s+/g, ' ').slice(0, 100),
            rule,
          }));
      });
    });
    return { files: [...read], lookups };
  } finally {
    api.close();
  }
}

/**
 * @param {SourceFile} source
 * @returns {Suspect[]}
 */
function suspectsIn(source) {
  /** @type {Suspect[]} */
  const found = [];
  /** @param {Node} node */
  const visit = (node) => {
    found.push(...suspectsAt(node));
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

/**
 * @param {Node} node
 * @returns {Suspect[]}
 */
function suspectsAt(node) {
  if (isForInStatement(node)) return [{ node: node.initializer, rule: 'for-in' }];
  if (isElementAccessExpression(node)) return ofKey(node, 'access', node.argumentExpression);
  if (isBindingElement(node)) return ofPropertyName(node, node.propertyName);
  if (isBinaryExpression(node)) {
    if (node.operatorToken.kind === SyntaxKind.InKeyword) return ofKey(node, 'in', node.left);
    return node.operatorToken.kind === SyntaxKind.EqualsToken ? ofAssignmentPattern(node.left) : [];
  }
  return isCallExpression(node) ? ofCall(node) : [];
}

/**
 * @param {Node} node
 * @param {keyof typeof RULES} rule
 * @param {Node} about
 * @returns {Suspect[]}
 */
function ofKey(node, rule, about) {
  return isStringLiteralLikeNode(unwrapped(about)) ? [] : [{ node, rule, about, needs: 'known-keys' }];
}

/**
 * @param {Node} node
 * @param {Node | undefined} name
 * @returns {Suspect[]}
 */
function ofPropertyName(node, name) {
  return name !== undefined && isComputedPropertyName(name) ? ofKey(node, 'pattern', name.expression) : [];
}

/**
 * @param {Node} left
 * @returns {Suspect[]}
 */
function ofAssignmentPattern(left) {
  if (!isObjectLiteralExpression(left)) return [];
  return left.properties.flatMap((each) => (isSpreadAssignment(each) ? [] : ofPropertyName(left, each.name)));
}

/**
 * @param {import('typescript/unstable/ast').CallExpression} node
 * @returns {Suspect[]}
 */
function ofCall(node) {
  const callee = node.expression;
  if (!isPropertyAccessExpression(callee)) return [];
  const name = callee.getText();
  if (name === 'Object.assign')
    return node.arguments.slice(1).map((each) => ({
      node,
      rule: 'assign',
      about: isSpreadElement(each) ? each.expression : each,
      needs: 'known-members',
    }));
  const [, key] = node.arguments;
  return /^Reflect\.(get|set|has)$/.test(name) && key !== undefined ? ofKey(node, 'reflect', key) : [];
}

/**
 * @param {Checker} checker
 * @param {Suspect} suspect
 * @returns {boolean}
 */
function isViolation(checker, { about, needs }) {
  if (about === undefined) return true;
  const type = checker.getTypeAtLocation(about);
  if (type === undefined) return true;
  if (needs === 'known-members') return !hasKnownMembers(checker, type);
  return isCast(about) || !isKnownKey(checker, type);
}

/**
 * Numbers and symbols are names of nothing that is inherited.
 *
 * @param {Checker} checker
 * @param {Type} type
 * @returns {boolean}
 */
function isKnownKey(checker, type) {
  const parts = type.isUnionType() ? type.getTypes() : [type];
  return parts.every((part) => {
    if (
      part.flags &
      (TypeFlags.NumberLike | TypeFlags.ESSymbolLike | TypeFlags.StringLiteral | TypeFlags.Never)
    )
      return true;
    if (!(part.flags & TypeFlags.Instantiable)) return false;
    const bound = checker.getBaseConstraintOfType(part);
    return bound !== undefined && bound.id !== part.id && isKnownKey(checker, bound);
  });
}

/**
 * @param {Checker} checker
 * @param {Type} type
 * @returns {boolean}
 */
function hasKnownMembers(checker, type) {
  const parts = type.isUnionType() || type.isIntersectionType() ? type.getTypes() : [type];
  return parts.every((part) => {
    if (part.flags & (TypeFlags.Undefined | TypeFlags.Null)) return true;
    return Boolean(part.flags & TypeFlags.Object) && checker.getIndexInfosOfType(part).length === 0;
  });
}

/**
 * @param {Node} key
 * @returns {boolean}
 */
function isCast(key) {
  if (isAsExpression(key)) return true;
  return hasInner(key) && isCast(key.expression);
}

/**
 * @param {Node} key
 * @returns {Node}
 */
function unwrapped(key) {
  return isAsExpression(key) || hasInner(key) ? unwrapped(key.expression) : key;
}

/**
 * @param {Node} node
 * @returns {node is Node & { expression: Node }}
 */
function hasInner(node) {
  return isParenthesizedExpression(node) || isNonNullExpression(node) || isSatisfiesExpression(node);
}
