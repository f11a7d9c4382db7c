import { trimEndMarks } from '@slipway/contract';

/** A block of a Markdown text. Only what model cards use; everything else is a paragraph. */
export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'list'; ordered: boolean; items: string[] }
  | { kind: 'code'; text: string }
  | { kind: 'table'; head: string[]; rows: string[][] };

/** A run of text within a block. HTML is text like any other: nothing in a card becomes markup of the page. */
export type Span = { kind: 'text' | 'strong' | 'emphasis' | 'code'; text: string };

const HEADING = /^(#{1,6})\s(.*)/;
const BULLET = /^\s*[-*+]\s+/;
const NUMBER = /^\s*\d+[.)]\s+/;
const FENCE = /^```/;
const ROW = /^\s*\|.*\|\s*$/;
const RULE = /^[\s:|-]+$/;

/** Reads lines from `at`; gives the block and where the next begins, or null when it is not of this kind. */
type Reader = (lines: readonly string[], at: number) => { block: Block; next: number } | null;

const READERS: Reader[] = [readHeading, readCode, readTable, readList(BULLET, false), readList(NUMBER, true)];

/** The blocks of a Markdown text, in order. */
export function readMarkdown(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    if (lines[at]?.trim() === '') {
      at += 1;
      continue;
    }
    const read = firstThatFits(lines, at) ?? readParagraph(lines, at);
    blocks.push(read.block);
    at = read.next;
  }
  return blocks;
}

function firstThatFits(lines: readonly string[], at: number) {
  for (const reader of READERS) {
    const read = reader(lines, at);
    if (read !== null) return read;
  }
  return null;
}

const MARKS =
  /(?<code>`[^`]+`)|(?<strong>\*\*(?:\\.|[^*\\])+\*\*)|(?<emphasis>(?<![\w*\\])\*(?:\\.|[^*\s\\])(?:\\.|[^*\\])*\*(?![\w*]))|(?<escape>\\.)/g;

/** How many marks each kind has on either side. */
const MARK_LENGTH = { code: 1, strong: 2, emphasis: 1 } as const;

/** The spans of a block's text. */
export function readSpans(text: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const match of text.matchAll(MARKS)) {
    const kind = (['code', 'strong', 'emphasis'] as const).find((name) => match.groups?.[name] !== undefined);
    if (kind === undefined) continue;
    const inside = match[0].slice(MARK_LENGTH[kind], -MARK_LENGTH[kind]);
    if (match.index > from) spans.push({ kind: 'text', text: plain(text.slice(from, match.index)) });
    spans.push({ kind, text: kind === 'code' ? inside : plain(inside) });
    from = match.index + match[0].length;
  }
  if (from < text.length) spans.push({ kind: 'text', text: plain(text.slice(from)) });
  return spans;
}

const ENTITIES = new Map(Object.entries({ '&amp;': '&', '&lt;': '<', '&gt;': '>' }));

/** Text without the escapes that kept Markdown from reading marks and markup in it. */
function plain(text: string): string {
  return text
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES.get(entity) ?? entity);
}

function readHeading(lines: readonly string[], at: number) {
  const match = HEADING.exec(lines[at] ?? '');
  if (match === null) return null;
  const block: Block = { kind: 'heading', level: match[1]?.length ?? 1, text: headingText(match[2] ?? '') };
  return { block, next: at + 1 };
}

/** Without the marks that may close a heading. */
function headingText(text: string): string {
  return trimEndMarks(text.trim(), '#').trimEnd();
}

function readCode(lines: readonly string[], at: number) {
  if (!FENCE.test(lines[at] ?? '')) return null;
  const end = lines.findIndex((line, index) => index > at && FENCE.test(line));
  const stop = end === -1 ? lines.length : end;
  const block: Block = { kind: 'code', text: lines.slice(at + 1, stop).join('\n') };
  return { block, next: stop + 1 };
}

function readTable(lines: readonly string[], at: number) {
  if (!ROW.test(lines[at] ?? '') || !isRule(lines[at + 1] ?? '')) return null;
  let next = at + 2;
  while (ROW.test(lines[next] ?? '')) next += 1;
  const rows = lines.slice(at + 2, next).map(cells);
  const block: Block = { kind: 'table', head: cells(lines[at] ?? ''), rows };
  return { block, next };
}

/** The line below the head of a table: bars, dashes and colons, with a bar that is not the first mark. */
function isRule(line: string): boolean {
  return RULE.test(line) && line.lastIndexOf('|') > 0;
}

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function readList(mark: RegExp, ordered: boolean): Reader {
  return (lines, at) => {
    if (!mark.test(lines[at] ?? '')) return null;
    const items: string[] = [];
    let next = at;
    for (; next < lines.length && (lines[next] ?? '').trim() !== ''; next += 1) {
      const line = lines[next] ?? '';
      if (mark.test(line)) items.push(line.replace(mark, ''));
      else items.push(`${items.pop() ?? ''} ${line.trim()}`);
    }
    return { block: { kind: 'list', ordered, items }, next };
  };
}

function readParagraph(lines: readonly string[], at: number) {
  let next = at + 1;
  while (next < lines.length && (lines[next] ?? '').trim() !== '' && firstThatFits(lines, next) === null)
    next += 1;
  const block: Block = { kind: 'paragraph', text: lines.slice(at, next).join(' ') };
  return { block, next };
}
