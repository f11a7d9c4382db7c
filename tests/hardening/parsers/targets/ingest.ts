import { gzipSync } from 'node:zlib';
import { fail, isFailure, parseColumnTypes } from '@slipway/contract';
import {
  fileHead,
  openSource,
  textReader,
  type Workspace,
} from '../../../../packages/server/src/stages/ingest/index.ts';
import { columnReadingOf } from '../../../../packages/server/src/stages/ingest/readings/column-reading.ts';
import {
  possibleReadings,
  readingsOfKind,
  textReadings,
  unitReadings,
} from '../../../../packages/server/src/stages/ingest/readings/guess-readings.ts';
import { unitOf } from '../../../../packages/server/src/stages/ingest/readings/number-unit.ts';
import { MISSING_WORDS } from '../../../../packages/server/src/stages/ingest/settings.ts';
import { labelReader } from '../../../../packages/server/src/stages/label/label-reader.ts';
import { parseTimestamp } from '../../../../packages/server/src/stages/prepare/index.ts';
import { hold, type ParserTarget, same, taken, takenLater } from '../target.ts';

/** A workspace of memory, for what is read before any engine is asked. */
function memoryWorkspace(file: Buffer): { workspace: Workspace; files: Map<string, Buffer> } {
  const files = new Map([['file', file]]);
  const contentOf = (path: string) => files.get(path) ?? Buffer.alloc(0);
  const known = {
    async *read(path: string, { limitBytes = Number.POSITIVE_INFINITY }: { limitBytes?: number } = {}) {
      const content = contentOf(path).subarray(0, limitBytes);
      // Pieces end anywhere, within a character too.
      for (let at = 0; at < content.length; at += 997) yield content.subarray(at, at + 997);
    },
    async write(name: string, chunks: AsyncIterable<Uint8Array>) {
      const gathered: Uint8Array[] = [];
      for await (const chunk of chunks) gathered.push(chunk);
      files.set(name, Buffer.concat(gathered));
      return name;
    },
    async convertJson(path: string) {
      throw fail('file.unreadable', { file: path, format: 'JSON', reason: 'no engine is asked' });
    },
    async parquetOutline() {
      throw fail('file.unreadable', { file: 'file', format: 'Parquet', reason: 'no engine is asked' });
    },
    async describe() {
      throw fail('file.unreadable', { file: 'file', format: 'Parquet', reason: 'no engine is asked' });
    },
  };
  return { workspace: known as unknown as Workspace, files };
}

async function checkSource(input: Buffer): Promise<void> {
  const { workspace } = memoryWorkspace(input);
  const opened = await takenLater(() => openSource(workspace, { file: 'file', fileName: 'file' }));
  if (opened === undefined) return;
  const { columns, linesOf, normalised, table } = opened.value;
  hold(columns.length > 0, 'a table has columns');
  same(new Set(columns.map(({ name }) => name)).size, columns.length, 'no two columns have one name');
  await takenLater(() => linesOf([0, 1, 5]));
  const plain = await takenLater(async () => normalised?.());
  if (plain?.value?.format === 'delimited')
    same(plain.value.columns, columns.length, 'rewritten it has as many columns');
  if (table.format === 'delimited') hold(table.columns >= columns.length, 'the table has all columns');
}

async function checkHead(input: Buffer): Promise<void> {
  const { workspace, files } = memoryWorkspace(input);
  const head = await fileHead(workspace, { file: 'file', fileName: 'file' }, 200);
  if (head === null) return;
  hold(head.bytes <= 200 && files.get(head.path)!.length === head.bytes, 'the head is as long as it says');
}

/** Lines are values of one column: what is guessed of them reads them. */
function checkReadings(input: Buffer): void {
  const values = input.toString('utf8').split('\n').slice(0, 200);
  const readings = [
    ...textReadings({ decimal: '.', timeZone: 'Europe/Berlin' }),
    ...textReadings({ decimal: ',', timeZone: 'UTC' }),
    ...unitReadings(unitOf(values), { decimal: '.' }),
    ...readingsOfKind('number-text', 'UTC'),
  ];
  const missing = new Set(MISSING_WORDS);
  const possible = possibleReadings(values, readings, missing);
  for (const reading of possible?.clean ?? []) {
    const read = textReader(columnReadingOf(reading), MISSING_WORDS);
    for (const value of values)
      hold(read(value) !== undefined, `what fits ${JSON.stringify(reading)} is read`);
  }
  const label = labelReader({ type: 'number', classes: ['yes', 'No'] } as never);
  for (const value of values) {
    label(value);
    const moment = parseTimestamp(value);
    hold(moment === null || Number.isFinite(moment), 'a moment is a number');
  }
}

const DELIMITED = [
  'id;name;amount\n1;"a ""b""";1,5\n2;c;2,25\nTotal;;3,75\n',
  '# made by a program\n\nid,name,day\n1,"x\ny",2026-01-01\r\n2,z,2026-02-30\n',
  'a\tb\tc\n1\t2\n3\t4\t5\t6\n',
  '\ufeffname\nAnna\nBjörn\n',
  "id|text\n1|'it''s'\n2|'C:\\'\n",
  'x  y   z\n1  2   3\n4  5   6\n',
];
const JSONS = [
  '[{"a":1,"b":"x"},{"a":2,"b":null,"c":{"d":[1]}}]',
  '{"a":1}\n{"a":2,"__proto__":3}\n\n{"a":3}',
  '{"a":{"0":1,"1":2},"b":{"0":"x","1":"y"}}',
  '{"columns":["a","b"],"index":[0,1],"data":[[1,2],[3,4]]}',
  '{"rows":[{"a":1}],"meta":{"n":1}}',
  '[["a","b"],[1,2]]',
];
const ENCODED = [
  Buffer.from('naïve,größe\n1,2\n', 'latin1'),
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\n1,2\n', 'utf16le')]),
  Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0x93, 0xfa, 0x96, 0x7b, 0x2c, 0x31, 0x0a]),
  gzipSync('a,b\n1,2\n'),
  Buffer.from('PAR1\0\0\0\0PAR1'),
];

export const ingestTargets: ParserTarget[] = [
  {
    name: 'delimited-file',
    examples: [...DELIMITED, ...ENCODED],
    words: [
      '"',
      '""',
      "'",
      '\\',
      ',',
      ';',
      '\t',
      '|',
      '\r\n',
      '\n',
      '\r',
      '\0',
      '\ufeff',
      '#',
      '~',
      '^',
      '  ',
      'Total',
    ],
    check: checkSource,
  },
  {
    name: 'json-file',
    examples: JSONS,
    words: [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\n',
      '\r',
      'null',
      '"data":',
      '"columns":',
      '"__proto__":',
      '1e999',
    ],
    check: checkSource,
  },
  {
    name: 'file-head',
    examples: [
      ...DELIMITED.map((each) => each.repeat(20)),
      ...JSONS.map((each) => `${each}\n`.repeat(20)),
      gzipSync(DELIMITED[0]!.repeat(100)),
    ],
    words: ['"', '\n', '\0'],
    check: checkHead,
  },
  {
    name: 'readings',
    examples: [
      '1.234,50 €\n(12)\n-3,5 €\nNA\n',
      '$1,234.50\n$2\n USD 7\n+4912345678\n007\n',
      '2026-01-01T12:00:00+02:00\n2026-W01-1\n24.12.2025 13:37\n12/31/1999 11:59 pm\n20260101\n',
      '0.5 %\n12 %\n100%\n3 kg\n1e5\n',
      'true\nFALSE\nyes\n 1 \n',
    ],
    words: [
      '\n',
      ' ',
      '-',
      '+',
      '(',
      ')',
      ',',
      '.',
      ':',
      '%',
      '€',
      'USD',
      'T',
      'Z',
      'W',
      'am',
      '00',
      '99999999999999999999',
      '1e309',
      '\u202f',
    ],
    check: checkReadings,
  },
  {
    name: 'column-types',
    examples: ['zip:string,day:date', 'a:b,c:number,x,y:text'],
    words: [':', ',', 'number', '__proto__', 'constructor'],
    check: (input) => taken(() => parseColumnTypes(input.toString('utf8')), isFailure),
  },
];
