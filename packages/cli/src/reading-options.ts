import {
  type ColumnTypes,
  type FileEncoding,
  fail,
  parseColumnTypes,
  type ReadOptions,
  readOptionsSchema,
} from '@slipway/contract';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { gather, wholeNumber } from './options.ts';

/** What commands that read a file take about how it is written. */
export type ReadingFlags = {
  /** Of standard input; commands that write a format have another --format. */
  format?: string;
  delimiter?: string;
  quote?: string;
  header?: boolean | number;
  skipRows?: number;
  skipFooter?: number;
  comment?: string;
  encoding?: FileEncoding;
  missing?: string[];
  alsoMissing?: string[];
  /** False with --no-missing-words. */
  missingWords?: boolean;
  types?: ReadOptions['types'];
  decimal?: '.' | ',';
  dateOrder?: 'dmy' | 'mdy' | 'ymd';
  timeZone?: string;
  allowMissing?: string[];
  preview?: boolean;
};

const GROUP = 'How the file is read (detected where left out):';

/** Adds the reading options, under a heading of their own in the help. */
export function withReading(command: Command): Command {
  const options = [
    new Option('--delimiter <c>', 'between fields: a character, or tab, comma, semicolon, pipe').argParser(
      delimiter,
    ),
    new Option('--quote <c>', 'around fields that hold a delimiter; none where there is none').argParser(
      (text) => (text.toLowerCase() === 'none' ? '' : text),
    ),
    new Option('--header <header>', 'yes, no, or the line that the header stands on').argParser(header),
    new Option('--skip-rows <n>', 'lines to skip at the start').argParser(wholeNumber),
    new Option('--skip-footer <n>', 'rows to leave out at the end; 0 keeps a row of totals').argParser(
      wholeNumber,
    ),
    new Option('--comment <c>', 'lines that start with this character are skipped'),
    new Option('--encoding <name>', 'such as utf-8, cp1252, latin1, sjis').argParser(encoding),
    new Option('--missing <words>', 'words that mean a missing value, instead of the usual ones').argParser(
      gather,
    ),
    new Option(
      '--also-missing <words>',
      'words that mean one besides the usual ones, such as -999',
    ).argParser(gather),
    new Option('--no-missing-words', 'only empty fields are missing').conflicts('missing'),
    new Option('--types <column:type>', 'types by column: number, boolean, timestamp, string').argParser(
      typesGiven,
    ),
    new Option('--decimal <mark>', 'decimal mark of numbers').choices(['.', ',']),
    new Option('--date-order <order>', 'order of day, month and year').choices(['dmy', 'mdy', 'ymd']),
    new Option('--time-zone <zone>', 'of times without an offset, such as Europe/Berlin (UTC)'),
    new Option('--allow-missing <columns>', 'columns that the file may lack').argParser(gather),
    new Option('--preview', 'show the first rows and how they are read, then end; nothing is stored'),
  ];
  if (!command.options.some(({ long }) => long === '--format')) options.unshift(formatOfStream());
  for (const option of options) command.addOption(option.helpGroup(GROUP));
  return command;
}

/** The content decides how it is read, as it does against the ending of a file. */
function formatOfStream(): Option {
  return new Option('--format <format>', 'of standard input (-), as the ending of a file names it').choices([
    'csv',
    'tsv',
    'json',
    'ndjson',
    'parquet',
  ]);
}

/** Those options as the contract takes them, undefined when none is given. Throws `command.invalid`. */
export function readOptionsOf(flags: ReadingFlags): ReadOptions | undefined {
  const { delimiter, quote, header, skipRows, skipFooter, comment, encoding, missing, missingWords } = flags;
  const { alsoMissing, types, decimal, dateOrder, timeZone, allowMissing } = flags;
  const noMissingWords = missingWords === false ? true : undefined;
  const written = {
    delimiter,
    quote,
    header,
    skipRows,
    skipFooter,
    comment,
    encoding,
    missing,
    alsoMissing,
    noMissingWords,
  };
  const told = { ...written, types, decimal, dateOrder, timeZone, allowMissing };
  const given = Object.entries(told).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  const { data, error } = readOptionsSchema.safeParse(Object.fromEntries(given));
  if (data !== undefined) return data;
  const { path, message } = error.issues[0]!;
  throw fail('command.invalid', { reason: `${flagOf(String(path[0]))}: ${message}` });
}

/** Where nothing is read. Throws `command.invalid` for a reading option. */
export function refuseReading(flags: ReadingFlags, why: string): void {
  const [first] = Object.keys(readOptionsOf(flags) ?? {});
  const flag = first === undefined ? (flags.preview ? '--preview' : undefined) : flagOf(first);
  if (flag !== undefined) throw fail('command.invalid', { reason: `${flag} is for files, and ${why}` });
}

/** `--skip-rows` of `skipRows`. */
function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

const DELIMITERS = new Map([
  ['tab', '\t'],
  ['\\t', '\t'],
  ['comma', ','],
  ['semicolon', ';'],
  ['pipe', '|'],
  ['space', ' '],
]);

function delimiter(text: string): string {
  return DELIMITERS.get(text.toLowerCase()) ?? text;
}

function header(text: string): boolean | number {
  const word = text.trim().toLowerCase();
  if (word === 'yes' || word === 'true') return true;
  if (word === 'no' || word === 'false') return false;
  const line = Number(word);
  if (!Number.isInteger(line) || line < 1)
    throw new InvalidArgumentError('Write it as yes, no, or the line of the header, from 1.');
  return line;
}

/** Other names of encodings, without their dashes, underscores and spaces. */
const ENCODINGS = new Map<string, FileEncoding>([
  ['utf8', 'utf-8'],
  ['ascii', 'utf-8'],
  ['utf16', 'utf-16le'],
  ['utf16le', 'utf-16le'],
  ['utf16be', 'utf-16be'],
  ['cp1250', 'windows-1250'],
  ['windows1250', 'windows-1250'],
  ['cp1251', 'windows-1251'],
  ['windows1251', 'windows-1251'],
  ['cp1252', 'windows-1252'],
  ['windows1252', 'windows-1252'],
  ['ansi', 'windows-1252'],
  ['latin1', 'windows-1252'],
  ['iso88591', 'windows-1252'],
  ['latin2', 'iso-8859-2'],
  ['iso88592', 'iso-8859-2'],
  ['latin9', 'iso-8859-15'],
  ['iso885915', 'iso-8859-15'],
  ['sjis', 'shift_jis'],
  ['shiftjis', 'shift_jis'],
  ['cp932', 'shift_jis'],
  ['windows31j', 'shift_jis'],
  ['eucjp', 'euc-jp'],
  ['gb18030', 'gb18030'],
  ['gbk', 'gb18030'],
  ['gb2312', 'gb18030'],
  ['cp936', 'gb18030'],
  ['big5', 'big5'],
  ['cp950', 'big5'],
  ['euckr', 'euc-kr'],
  ['cp949', 'euc-kr'],
  ['koi8r', 'koi8-r'],
]);

function encoding(text: string): FileEncoding {
  const known = ENCODINGS.get(text.toLowerCase().replace(/[-_ .:]/g, ''));
  if (known !== undefined) return known;
  const names = [...new Set(ENCODINGS.values())].join(', ');
  throw new InvalidArgumentError(`Choose one of ${names}, or another name of one.`);
}

/** Types gathered when the option is repeated. */
function typesGiven(text: string, before: ColumnTypes = {}): ColumnTypes {
  const parsed = parseColumnTypes(text);
  if ('types' in parsed) return { ...before, ...parsed.types };
  throw new InvalidArgumentError(
    `${JSON.stringify(parsed.wrong)}: write it as column:type, the type number, boolean, timestamp or string.`,
  );
}
