import type { IngestFinding, ReadOptions } from '@slipway/contract';
import { unfit } from '../option-unfit.ts';

/** What stands before the table by the user's word or by a line that says how the file is written. */
export type Preface = {
  /** Characters to pass over, and the number of the line then. */
  offset: number;
  line: number;
  /** Whether the user named the line on which the table starts. */
  isLocated: boolean;
  /** The delimiter of a first line `sep=;`, as Excel reads it. */
  separator?: string;
  comment?: string;
  findings: IngestFinding[];
};

const SEPARATOR_LINE = /^(\s*)"?sep=(\\t|[^\r\n])"?[ \t]*(?:\r\n|\n|\r)/i;

/** Throws `file.option-unfit` for lines that the text has not. */
export function readPreface(text: string, options: ReadOptions, file: string): Preface {
  const skipped = options.skipRows ?? 0;
  const header = typeof options.header === 'number' ? options.header : null;
  if (header !== null && header <= skipped) {
    throw unfit(file, `--header ${header}`, `\`--skip-rows ${skipped}\` leaves that line out`);
  }
  const separatorLine = SEPARATOR_LINE.exec(text);
  const separator = separatorLine === null ? {} : { separator: separatorLine[2]!.replace('\\t', '\t') };
  const comment = options.comment ?? startComment(text.slice(separatorLine?.[0].length ?? 0));
  const shared = { ...separator, ...(comment === undefined ? {} : { comment }) };
  const lines = header === null ? skipped : header - 1;
  if (lines > 0) {
    const flag = header === null ? `--skip-rows ${skipped}` : `--header ${header}`;
    const offset = offsetOfLine(text, lines, file, flag);
    return { ...shared, offset, line: lines + 1, isLocated: true, findings: [skippedFinding(text, lines)] };
  }
  if (separatorLine === null)
    return { ...shared, offset: 0, line: 1, isLocated: header !== null, findings: [] };
  const finding: IngestFinding = {
    code: 'separator-line',
    severity: 'info',
    message: `Line 1 says how the fields are divided (${separatorLine[0].trim()}) and is left out.`,
    line: 1,
    override: '--delimiter',
  };
  const line = separatorLine[0].split(/\r\n|\n|\r/).length;
  return {
    ...shared,
    offset: separatorLine[0].length,
    line,
    isLocated: header !== null,
    findings: [finding],
  };
}

function offsetOfLine(text: string, lines: number, file: string, flag: string): number {
  const ends = /\r\n|\n|\r/g;
  for (let i = 0; i < lines; i++) {
    if (ends.exec(text) === null) throw unfit(file, flag, `no more than ${i + 1} lines were found`);
  }
  if (text.slice(ends.lastIndex).trim() === '')
    throw unfit(file, flag, `nothing stands behind line ${lines}`);
  return ends.lastIndex;
}

function skippedFinding(text: string, lines: number): IngestFinding {
  const first = text.split(/\r\n|\n|\r/, 1)[0]!;
  return {
    code: 'skipped-lines',
    severity: 'info',
    message: `${lines === 1 ? 'Line 1 is' : `Lines 1 to ${lines} are`} left out, as asked.`,
    line: 1,
    count: lines,
    value: first.slice(0, 200),
  };
}

/** `#` where the first lines start with it and others do not; `#,name` and `"#"` are a header with a column #. */
function startComment(text: string): string | undefined {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const first = lines.findIndex((line) => !line.startsWith('#'));
  if (first < 1 || /^#[,;\t|]/.test(lines[first - 1]!)) return undefined;
  return lines.slice(first).every((line) => line.startsWith('#')) ? undefined : '#';
}
