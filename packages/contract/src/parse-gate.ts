import { fail, type SlipwayError } from './fail.ts';
import type { GateCondition, SliceCondition } from './gate-nouns.ts';

type Token = { text: string; kind: 'word' | 'quoted' | 'operator' };

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|!=|>|<|=)|([^\s"'<>=!]+))/y;
const CLAUSES: ReadonlySet<string> = new Set(['on', 'where', 'by']);
const COMPARISONS: ReadonlySet<string> = new Set(['>=', '>', '<=', '<']);

/**
 * A gate as text: `METRIC OP NUMBER [on SET] [where COLUMN OP VALUE [and …]] [by COLUMN]`, such as `roc_auc>=0.8`,
 * `recall>=0.7 on orders_march`, `f1>=0.6 where country=PT` or `selection_rate_ratio>=0.8 by sex`. Names and values with
 * spaces are quoted; `where COLUMN is missing` and `is not missing` select by presence. Throws `gate.unreadable`.
 */
export function parseGate(text: string): GateCondition {
  const tokens = tokensOf(text);
  const [metric, is, number, ...rest] = tokens;
  if (metric?.kind !== 'word' || is === undefined || number === undefined)
    throw unreadable(text, 'it is not METRIC, a comparison and a number');
  if (!COMPARISONS.has(is.text)) throw unreadable(text, `${is.text} is not one of >=, >, <= and <`);
  const value = Number(number.text);
  if (number.text.trim() === '' || !Number.isFinite(value))
    throw unreadable(text, `${number.text} is not a number`);
  const gate: GateCondition = { metric: metric.text, is: is.text as GateCondition['is'], value };
  for (const [clause, words] of clausesOf(text, rest)) addClause(gate, text, clause, words);
  if (gate.where !== undefined && gate.by !== undefined)
    throw unreadable(text, 'it names a slice and the groups of a column; write one gate for each');
  return gate;
}

function addClause(gate: GateCondition, text: string, clause: string, words: readonly Token[]): void {
  if (clause === 'where') {
    if (gate.where !== undefined)
      throw unreadable(text, 'it has two clauses "where"; join conditions by "and"');
    gate.where = conditionsOf(text, words);
    return;
  }
  const key = clause === 'on' ? 'set' : 'by';
  const [name, more] = words;
  if (name === undefined || more !== undefined || name.kind === 'operator')
    throw unreadable(text, `"${clause}" is followed by one name, in quotes where it has spaces`);
  if (gate[key] !== undefined) throw unreadable(text, `it has two clauses "${clause}"`);
  gate[key] = name.text;
}

/** Each clause with the tokens up to the next; a quoted word is never the start of a clause. */
function clausesOf(text: string, tokens: readonly Token[]): [string, Token[]][] {
  const clauses: [string, Token[]][] = [];
  for (const token of tokens) {
    const isStart = token.kind === 'word' && CLAUSES.has(token.text.toLowerCase());
    if (isStart) clauses.push([token.text.toLowerCase(), []]);
    else if (clauses.length === 0)
      throw unreadable(text, `after the number ${token.text} is none of "on", "where" and "by"`);
    else clauses.at(-1)![1].push(token);
  }
  return clauses;
}

function conditionsOf(text: string, tokens: readonly Token[]): SliceCondition[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'word' && token.text.toLowerCase() === 'and') parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts.map((part) => conditionOf(text, part));
}

function conditionOf(text: string, tokens: readonly Token[]): SliceCondition {
  const [column, is, value, ...more] = tokens;
  const missing = MISSING.get(wordsOf(tokens.slice(1)));
  if (column !== undefined && column.kind !== 'operator' && missing !== undefined)
    return { column: column.text, is: missing, value: null };
  if (column === undefined || column.kind === 'operator' || is === undefined || value === undefined)
    throw unreadable(text, 'after "where" comes a column, a comparison and a value');
  if (more.length > 0)
    throw unreadable(text, `${more[0]!.text} follows a value; put names and values with spaces in quotes`);
  if (is.kind !== 'operator' || value.kind === 'operator')
    throw unreadable(text, 'after "where" comes a column, a comparison and a value');
  return { column: column.text, is: is.text as SliceCondition['is'], value: value.text };
}

const MISSING = new Map<string, SliceCondition['is']>([
  ['is missing', '='],
  ['is not missing', '!='],
]);

function wordsOf(tokens: readonly Token[]): string {
  return tokens.every(({ kind }) => kind === 'word') ? tokens.map(({ text }) => text).join(' ') : '';
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw unreadable(text, `it cannot be read from "${text.slice(at).trim()}" on`);
    const [, double, single, operator, word] = match;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ text: quoted.replace(/\\(.)/g, '$1'), kind: 'quoted' });
    else if (operator !== undefined) tokens.push({ text: operator, kind: 'operator' });
    else tokens.push({ text: word!, kind: 'word' });
  }
  return tokens;
}

/** The gate as {@link parseGate} reads it: its id, and how results show it. */
export function formatGate({ metric, is, value, set, where, by }: GateCondition): string {
  return [
    `${metricId(metric)} ${is} ${value}`,
    ...(set === undefined ? [] : [`on ${quoted(set)}`]),
    ...(where === undefined || where.length === 0 ? [] : [`where ${formatSlice(where)}`]),
    ...(by === undefined ? [] : [`by ${quoted(by)}`]),
  ].join(' ');
}

export function formatSlice(where: readonly SliceCondition[]): string {
  return where
    .map(({ column, is, value }) =>
      value === null
        ? `${quoted(column)} ${is === '!=' ? 'is not missing' : 'is missing'}`
        : `${quoted(column)} ${is} ${quoted(String(value))}`,
    )
    .join(' and ');
}

/** As metrics are called here: `ROC_AUC` is `roc-auc`. */
export function metricId(text: string): string {
  return text.trim().toLowerCase().replaceAll('_', '-');
}

function quoted(text: string): string {
  const isPlain =
    /^[^\s"'<>=!]+$/.test(text) && !CLAUSES.has(text.toLowerCase()) && text.toLowerCase() !== 'and';
  return isPlain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function unreadable(gate: string, reason: string): SlipwayError {
  return fail('gate.unreadable', { gate, reason });
}
