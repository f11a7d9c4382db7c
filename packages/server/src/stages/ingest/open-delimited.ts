import { fail, type IngestFinding, type ReadOptions } from '@slipway/contract';
import type { DataForm, LeftOut } from './delimited/data-rows.ts';
import type { Decoding } from './delimited/decode.ts';
import { linesOfRows, NORMAL_DIALECT, normaliseDelimited } from './delimited/normalise.ts';
import { hasLine, hasLineLike } from './delimited/survey-bytes.ts';
import type { ExpectedTable, FileForm, Lineage } from './model.ts';
import { unfit } from './option-unfit.ts';
import type { TableSource, Workspace } from './ports.ts';
import { type IngestLimits, MISSING_WORDS } from './settings.ts';
import { hasDecimalComma } from './sniff/decimal-comma.ts';
import { type DelimitedTable, delimitedTable } from './sniff/delimited-table.ts';
import { leftOutFindings } from './sniff/form-findings.ts';
import { withFooter } from './sniff/total-row.ts';
import type { OpenSource, SourceColumn } from './source-model.ts';

/** Delimited text whose first characters are known. */
export type DelimitedText = {
  path: string;
  /** The first characters; all of them where `complete`. */
  text: string;
  complete: boolean;
  decoding: Decoding;
  byteOrderMark: boolean;
  /** Whether no line is longer than the engine's buffers: it would lose such a one without a word. */
  shortLines: boolean;
  /** The last bytes. */
  tail: Uint8Array;
};

type Opening = {
  workspace: Workspace;
  file: string;
  options: ReadOptions;
  limits: IngestLimits;
  lineage: Lineage;
  expects: ExpectedTable | undefined;
};

/**
 * Delimited text as a source. The engine reads the file as it is where it can; a file that only has something before the
 * table is copied from there on; others are written anew in plain form, row by row. Throws `file.unreadable`,
 * `file.no-rows`, `file.too-many-columns`, `file.option-unfit`, `file.form-unclear`, `file.ragged`.
 */
export async function openDelimited(input: DelimitedText, opening: Opening): Promise<OpenSource> {
  const { file, options, limits, workspace, lineage, expects } = opening;
  refuseOptions(options, file);
  const table = withFooter(delimitedTable(input, { file, options, limits, expects }), input, options);
  const width = table.columns - table.trailing;
  if (width > limits.maxColumns) {
    throw fail('file.too-many-columns', { file, columns: width, limit: limits.maxColumns });
  }
  if (input.complete && table.rows.length === 0 && !table.isBroken) throw fail('file.no-rows', { file });
  const form = dataForm(table, opening, width);
  const findings = [...table.findings];
  const shared = { format: 'delimited', columns: width, missingWords: MISSING_WORDS } as const;
  const normalised = async (): Promise<TableSource> => {
    const onEnd = (leftOut: LeftOut) => addOnce(findings, leftOutFindings(leftOut));
    const chunks = normaliseDelimited(workspace.read(input.path), {
      ...form,
      decoding: input.decoding,
      onEnd,
    });
    const path = await workspace.write('normalised.csv', chunks);
    return { ...shared, ...NORMAL_DIALECT, header: true, path };
  };
  const source = {
    columns: sourceColumns(table, width),
    decimal: options.decimal ?? (hasDecimalComma(table.dialect.delimiter, table.rows) ? ',' : '.'),
    lineage,
    form: fileForm(table, input.decoding),
    findings,
    linesOf: (rows: readonly number[]) =>
      linesOfRows(workspace.read(input.path), { ...form, decoding: input.decoding }, rows),
  } as const;
  if (table.isBroken || !(await isReadable(input, table, workspace)))
    return { ...source, table: await normalised() };
  const { runs: _, ...dialect } = { ...shared, ...table.dialect };
  if (table.isWhole && !input.byteOrderMark)
    return { ...source, normalised, table: { ...dialect, path: input.path, header: table.header !== null } };
  const path = await workspace.write(
    'table.csv',
    bytesFrom(workspace.read(input.path), dataBytes(input, table)),
  );
  return { ...source, normalised, table: { ...dialect, path, header: false } };
}

function fileForm({ dialect, columns, header }: DelimitedTable, { encoding }: Decoding): FileForm {
  const { delimiter, quote, escape: escapedBy, runs } = dialect;
  return {
    format: 'csv',
    encoding,
    delimiter: columns < 2 ? '' : delimiter,
    quote,
    escape: escapedBy,
    ...(runs && { runs }),
    header: header !== null,
  };
}

function refuseOptions(options: ReadOptions, file: string): void {
  for (const name of ['delimiter', 'quote', 'comment'] as const) {
    if ((options[name]?.length ?? 0) > 1) {
      throw unfit(file, `--${name} ${options[name]}`, 'characters beyond U+FFFF do not divide fields');
    }
  }
}

function dataForm(table: DelimitedTable, { file, limits }: Opening, width: number): DataForm {
  return {
    file,
    dialect: table.dialect,
    columns: width,
    trailing: table.trailing,
    header: table.header,
    looseHeader: table.looseHeader,
    comment: table.comment,
    footer: table.footer,
    start: table.dataStart,
    startLine: table.dataLine,
    maxRecordCharacters: limits.maxRecordCharacters,
  };
}

function sourceColumns({ names, rows, indexColumn }: DelimitedTable, width: number): SourceColumn[] {
  const read = rows.filter((row) => row.length >= width);
  return names.map((name, i) => ({
    name,
    path: [`c${i}`],
    kind: 'text',
    sample: read.map((row) => row[i] ?? ''),
    ...(i === indexColumn ? { isIndex: true } : {}),
  }));
}

/** Whether the engine reads the rows as they are written, once what is before them is cut off. */
async function isReadable(
  input: DelimitedText,
  table: DelimitedTable,
  workspace: Workspace,
): Promise<boolean> {
  const { dialect, comment, trailing, columns } = table;
  const { encoding, repair } = input.decoding;
  const isPlain = encoding === 'utf-8' && repair === undefined && input.shortLines;
  const isKnown = dialect.runs !== true && /^[ -~]?$/.test(dialect.quote) && dialect.delimiter !== ' ';
  // The engine takes a blank line for a row of a table of one column.
  if (!isPlain || !isKnown || trailing > 0 || columns < 2 || table.footer > 0) return false;
  const from = dataBytes(input, table) - 1;
  if (comment !== undefined) {
    const hasMore = await hasLine(workspace.read(input.path), Buffer.from(comment), {
      from,
      wholeLine: false,
    });
    if (hasMore) return false;
  }
  if (table.headerText === null) return true;
  const rows = workspace.read(input.path);
  if (table.looseHeader) return !(await hasLineLike(rows, table.headerText, from));
  return !(await hasLine(rows, Buffer.from(table.headerText), { from, wholeLine: true }));
}

/** Bytes before the first row. */
function dataBytes({ text, byteOrderMark }: DelimitedText, { dataStart }: DelimitedTable): number {
  return Buffer.byteLength(text.slice(0, dataStart)) + (byteOrderMark ? 3 : 0);
}

async function* bytesFrom(chunks: AsyncIterable<Uint8Array>, start: number): AsyncGenerator<Uint8Array> {
  let left = start;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** A file may be written in plain form twice; what it lacks is told once. */
function addOnce(findings: IngestFinding[], more: readonly IngestFinding[]): void {
  for (const finding of more) {
    if (!findings.some(({ code, message }) => code === finding.code && message === finding.message)) {
      findings.push(finding);
    }
  }
}
