import type { IngestFinding, ReadOptions } from '@slipway/contract';
import type { LeftOut } from '../delimited/data-rows.ts';
import { type CommentLine, type DelimitedShape, delimiterName } from './delimited-shape.ts';
import type { FoundRecord } from './table-place.ts';

export function delimiterFinding({ dialect, place }: DelimitedShape, isAsked: boolean): IngestFinding {
  const shared = { code: 'delimiter', override: '--delimiter' } as const;
  if (place.columns < 2) {
    const message = 'No delimiter divides the lines: the file is read as one column.';
    return { ...shared, severity: isAsked ? 'info' : 'warning', message };
  }
  const message = `The fields are divided by ${delimiterName(dialect)}${isAsked ? ', as asked' : ''}.`;
  return { ...shared, severity: 'info', message, value: dialect.delimiter };
}

/** Of quotes other than the usual ones, doubled inside of text. */
export function quoteFindings({ dialect }: DelimitedShape, { quote }: ReadOptions): IngestFinding[] {
  if (dialect.quote === '"' && dialect.escape === '"') return [];
  const escaping = dialect.escape === '\\' ? ', with a backslash before quotes in them' : '';
  const message =
    dialect.quote === ''
      ? 'Quotes are part of the text.'
      : `Fields are quoted with ${dialect.quote}${escaping}.`;
  const severity = quote === undefined ? 'warning' : 'info';
  return [{ code: 'quote', severity, message, value: dialect.quote, override: '--quote' }];
}

export function preambleFindings(preamble: readonly FoundRecord[]): IngestFinding[] {
  const [first] = preamble;
  if (first === undefined) return [];
  const last = preamble.at(-1)!.place.line;
  const message =
    preamble.length === 1
      ? `Line ${first.place.line} is not part of the table below it and is left out.`
      : `Lines ${first.place.line} to ${last} are not part of the table below them and are left out.`;
  const text = preamble.map(({ fields }) => fields.join(' ').trim()).join(' / ');
  return [
    {
      code: 'skipped-lines',
      severity: 'warning',
      message,
      line: first.place.line,
      count: preamble.length,
      value: text.slice(0, 200),
      override: '--skip-rows',
    },
  ];
}

export function commentFindings(
  comments: readonly CommentLine[],
  comment: string | undefined,
): IngestFinding[] {
  const [first] = comments;
  if (first === undefined) return [];
  const message =
    comments.length === 1
      ? `The line before the table starts with ${comment} and is left out.`
      : `${comments.length} lines before the table start with ${comment} and are left out.`;
  return [
    {
      code: 'comment-lines',
      severity: 'info',
      message,
      line: first.line,
      count: comments.length,
      value: first.text.slice(0, 200),
      override: '--comment',
    },
  ];
}

export function headerFinding({ fields, place }: FoundRecord, why: string): IngestFinding {
  return {
    code: 'header',
    severity: 'info',
    message: `Line ${place.line} is the header. ${why}`,
    line: place.line,
    value: fields.join(', ').slice(0, 200),
    override: '--header no',
  };
}

export function noHeaderFinding({ place }: FoundRecord, why: string): IngestFinding {
  return {
    code: 'no-header',
    severity: 'warning',
    message: `The first line holds data, so the columns are named column_1, column_2, and so on. ${why}`,
    line: place.line,
    override: '--header yes',
  };
}

export function commentHeaderFinding({ line, text }: CommentLine): IngestFinding {
  return {
    code: 'header',
    severity: 'warning',
    message: `Line ${line}, a comment, has a name for every column and is the header.`,
    line,
    value: text.slice(0, 200),
    override: '--header',
  };
}

export function rowNamesFinding(name: string): IngestFinding {
  return {
    code: 'row-names',
    severity: 'warning',
    message: `The header has one field less than the rows, as R writes row names: the first column is called ${name}, and models leave it out.`,
    column: name,
  };
}

export function trailingFinding(count: number): IngestFinding {
  const columns = count === 1 ? 'the empty column' : `the ${count} empty columns`;
  const message = `Lines end in a delimiter; ${columns} behind it ${count === 1 ? 'is' : 'are'} left out.`;
  return { code: 'column-left-out', severity: 'info', message, count };
}

export function rulerFinding({ place }: FoundRecord): IngestFinding {
  const message = `Line ${place.line} rules off the header and is left out.`;
  return { code: 'skipped-lines', severity: 'info', message, line: place.line, count: 1 };
}

/** What was left out between and below the rows. */
export function leftOutFindings({ repeatedHeaders, comments, trailer, footer }: LeftOut): IngestFinding[] {
  const findings: IngestFinding[] = [];
  if (repeatedHeaders.count > 0) {
    findings.push({
      code: 'repeated-header',
      severity: 'warning',
      message: `The header is repeated, as in joined files, and left out there: ${listed(repeatedHeaders)}.`,
      line: repeatedHeaders.lines[0]!,
      count: repeatedHeaders.count,
    });
  }
  if (comments.count > 0) {
    findings.push({
      code: 'comment-lines',
      severity: 'warning',
      message: `Comments between the rows are left out: ${listed(comments)}.`,
      line: comments.lines[0]!,
      count: comments.count,
      override: '--comment',
    });
  }
  if (footer.length > 0) {
    findings.push({
      code: 'skipped-lines',
      severity: 'info',
      message: `The last rows are left out: ${listed({ count: footer.length, lines: footer.map(({ line }) => line) })}.`,
      line: footer[0]!.line,
      count: footer.length,
      value: footer[0]!.text,
      override: '--skip-footer 0',
    });
  }
  const [first] = trailer;
  if (first !== undefined) {
    findings.push({
      code: 'skipped-lines',
      severity: 'warning',
      message: `Below the table stands what is not part of it, and is left out: ${listed({ count: trailer.length, lines: trailer.map(({ line }) => line) })}.`,
      line: first.line,
      count: trailer.length,
      value: first.text,
    });
  }
  return findings;
}

function listed({ count, lines }: { count: number; lines: readonly number[] }): string {
  if (count === 1) return `line ${lines[0]}`;
  return count > lines.length
    ? `${count} lines, of which the first are ${lines.join(', ')}`
    : `lines ${lines.join(', ')}`;
}
