import { deflateRawSync, gzipSync } from 'node:zlib';

/** Small files that cost much to read, as an attacker writes them. */

// ── zip and tar ───────────────────────────────────────────────────────────────────────────────────────────────────

export type ZipEntry = {
  name: string;
  content: Uint8Array;
  /** Length that the directory claims; the true one unless given. */
  claimed?: number;
};

/** A zip file, written so that its directory may lie; without checksums, which are not looked at. */
export function zip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, claimed = content.byteLength } of entries) {
    const packed = deflateRawSync(content, { level: 9 });
    const path = Buffer.from(name);
    const sizes = Buffer.alloc(16);
    sizes.writeUInt32LE(packed.byteLength, 4);
    sizes.writeUInt32LE(claimed, 8);
    sizes.writeUInt16LE(path.byteLength, 12);
    const local = Buffer.concat([
      Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0]),
      sizes,
      path,
      packed,
    ]);
    const tail = Buffer.alloc(16);
    tail.writeUInt32LE(at, 12);
    directory.push(
      Buffer.concat([
        Buffer.from([0x50, 0x4b, 1, 2, 20, 0, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0]),
        sizes,
        tail.subarray(2),
        path,
      ]),
    );
    parts.push(local);
    at += local.byteLength;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 8);
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 10);
  end.writeUInt32LE(listed.byteLength, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listed, end]);
}

export type TarEntry = { name: string; content?: Uint8Array; claimed?: number; type?: string };

/** A tar file (ustar). */
export function tar(entries: readonly TarEntry[]): Uint8Array {
  const blocks = entries.map(({ name, content = new Uint8Array(), claimed, type = '0' }) => {
    const header = Buffer.alloc(512);
    header.write(name.slice(0, 100), 0);
    header.write('0000644\0', 100);
    header.write(`${(claimed ?? content.byteLength).toString(8).padStart(11, '0')}\0`, 124);
    header.write('        ', 148);
    header.write(type, 156);
    header.write('ustar\x0000', 257);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const padding = Buffer.alloc((512 - (content.byteLength % 512)) % 512);
    return Buffer.concat([header, content, padding]);
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** So many zero bytes, packed. */
export function gzippedZeros(bytes: number): Uint8Array {
  return gzipSync(Buffer.alloc(bytes), { level: 9 });
}

// ── Parquet ───────────────────────────────────────────────────────────────────────────────────────────────────────

type Items =
  | { list: 'i32'; items: readonly number[] }
  | { list: 'binary'; items: readonly string[] }
  | { list: 'struct'; items: readonly (readonly Thrift[])[] };
type Thrift = readonly [id: number, value: number | string | readonly Thrift[] | { long: number } | Items];

const TYPES = { i32: 5, long: 6, binary: 8, list: 9, struct: 12 };

/** The compact protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
function struct(fields: readonly Thrift[]): Buffer {
  const parts = fields.flatMap(([id, value], i) => {
    const { type, bytes } = encoded(value);
    return [Buffer.from([((id - (fields[i - 1]?.[0] ?? 0)) << 4) | TYPES[type]]), bytes];
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function encoded(value: Thrift[1]): { type: keyof typeof TYPES; bytes: Buffer } {
  if (typeof value === 'number') return { type: 'i32', bytes: zigzag(value) };
  if (typeof value === 'string') return { type: 'binary', bytes: text(value) };
  if ('long' in value) return { type: 'long', bytes: zigzag(value.long) };
  if ('list' in value) return { type: 'list', bytes: listOf(value) };
  return { type: 'struct', bytes: struct(value) };
}

function listOf({ list, items }: Items): Buffer {
  const { length } = items;
  const type = TYPES[list];
  const head =
    length < 15
      ? Buffer.from([(length << 4) | type])
      : Buffer.concat([Buffer.from([0xf0 | type]), varint(length)]);
  return Buffer.concat([head, ...items.map((item) => encoded(item).bytes)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.byteLength), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  do {
    bytes.push((left % 128) | (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.from(bytes);
}

const zigzag = (value: number) => varint(value >= 0 ? value * 2 : -value * 2 - 1);

const DOUBLE = 5;
const [PLAIN, RLE, RLE_DICTIONARY] = [0, 3, 8];

/**
 * A Parquet file of one row group, in which every column is one value in one run: a few bytes for any number of rows. `claimedRows`
 * are those that its footer tells.
 */
export function runOfParquet(
  rows: number,
  columns = 1,
  claims: { rows?: number; uncompressed?: number } = {},
): Uint8Array {
  const parts: Buffer[] = [Buffer.from('PAR1')];
  let at = 4;
  const chunks: (readonly Thrift[])[] = [];
  const value = Buffer.alloc(8);
  value.writeDoubleLE(1.5);
  const dictionary = Buffer.concat([
    struct([
      [1, 2],
      [2, 8],
      [3, 8],
      [
        7,
        [
          [1, 1],
          [2, PLAIN],
        ],
      ],
    ]),
    value,
  ]);
  const run = Buffer.concat([Buffer.from([1]), varint(rows * 2), Buffer.from([0])]);
  const data = Buffer.concat([
    struct([
      [1, 0],
      [2, claims.uncompressed ?? run.byteLength],
      [3, run.byteLength],
      [
        5,
        [
          [1, rows],
          [2, RLE_DICTIONARY],
          [3, RLE],
          [4, RLE],
        ],
      ],
    ]),
    run,
  ]);
  for (let column = 0; column < columns; column++) {
    parts.push(dictionary, data);
    chunks.push([
      [2, { long: at }],
      [
        3,
        [
          [1, DOUBLE],
          [2, { list: 'i32', items: [PLAIN, RLE, RLE_DICTIONARY] }],
          [3, { list: 'binary', items: [`c${column}`] }],
          [4, 0],
          [5, { long: claims.rows ?? rows }],
          [6, { long: dictionary.byteLength + data.byteLength }],
          [7, { long: dictionary.byteLength + data.byteLength }],
          [9, { long: at + dictionary.byteLength }],
          [11, { long: at }],
        ],
      ],
    ]);
    at += dictionary.byteLength + data.byteLength;
  }
  const told = claims.rows ?? rows;
  const footer = struct([
    [1, 1],
    [
      2,
      {
        list: 'struct',
        items: [
          [
            [4, 'schema'],
            [5, columns],
          ],
          ...Array.from({ length: columns }, (_, i): Thrift[] => [
            [1, DOUBLE],
            [3, 0],
            [4, `c${i}`],
          ]),
        ],
      },
    ],
    [3, { long: told }],
    [
      4,
      {
        list: 'struct',
        items: [
          [
            [1, { list: 'struct', items: chunks }],
            [2, { long: at - 4 }],
            [3, { long: told }],
          ],
        ],
      },
    ],
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.byteLength);
  return Buffer.concat([...parts, footer, length, Buffer.from('PAR1')]);
}

// ── ONNX ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A length-delimited field of protobuf. */
export function field(id: number, content: Uint8Array | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([varint(id * 8 + 2), varint(bytes.byteLength), bytes]);
}

/** A whole number of protobuf. */
export function number(id: number, value: number): Buffer {
  return Buffer.concat([varint(id * 8), varint(value)]);
}

const FLOAT = 1;
const INT64 = 7;

/** NodeProto. */
export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  ...attributes: Buffer[]
): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(4, operator),
    ...attributes.map((each) => field(5, each)),
  ]);
}

function valueInfo(name: string, axes: readonly (string | number)[]): Buffer {
  const dims = axes.map((each) => field(1, typeof each === 'number' ? number(1, each) : field(2, each)));
  return Buffer.concat([
    field(1, name),
    field(2, field(1, Buffer.concat([number(1, FLOAT), field(2, Buffer.concat(dims))]))),
  ]);
}

/** TensorProto of 64-bit whole numbers. */
export function longs(name: string, values: readonly number[]): Buffer {
  const raw = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) raw.writeBigInt64LE(BigInt(value), i * 8);
  return Buffer.concat([number(1, values.length), number(2, INT64), field(8, name), field(9, raw)]);
}

/** A graph from `x` [rows, 2] to `y`. */
export function graph(nodes: readonly Uint8Array[], initializers: readonly Uint8Array[] = []): Buffer {
  return Buffer.concat([
    ...nodes.map((each) => field(1, each)),
    field(2, 'g'),
    ...initializers.map((each) => field(5, each)),
    field(11, valueInfo('x', ['rows', 2])),
    field(12, valueInfo('y', ['rows', 2])),
  ]);
}

/** ModelProto around a graph. */
export function onnx(of: Uint8Array): Uint8Array {
  return Buffer.concat([number(1, 8), field(7, of), field(8, Buffer.concat([field(1, ''), number(2, 17)]))]);
}

/** So many operators one after another. */
export function chainOfNodes(count: number, nameLength = 0): Uint8Array {
  const name = (i: number) => (i === 0 ? 'x' : i === count ? 'y' : `v${i}${'n'.repeat(nameLength)}`);
  const nodes: Buffer[] = [];
  for (let i = 0; i < count; i++) nodes.push(node('Identity', [name(i)], [name(i + 1)]));
  return onnx(graph(nodes));
}

/** TensorProto of one 64-bit whole number, without axes. */
export function scalar(name: string, value: number): Buffer {
  const raw = Buffer.alloc(8);
  raw.writeBigInt64LE(BigInt(value));
  return Buffer.concat([number(2, INT64), field(8, name), field(9, raw)]);
}

function typeOf(element: number, axes: readonly number[] | undefined): Buffer {
  const shape =
    axes === undefined ? [] : [field(2, Buffer.concat(axes.map((each) => field(1, number(1, each)))))];
  return field(2, field(1, Buffer.concat([number(1, element), ...shape])));
}

const BOOL = 9;

/** The body of a loop that only goes on. */
export function loopBody(): Buffer {
  return Buffer.concat([
    field(1, node('Identity', ['c'], ['c2'])),
    field(1, node('Identity', ['v'], ['v2'])),
    field(2, 'body'),
    field(11, Buffer.concat([field(1, 'i'), typeOf(INT64, [])])),
    field(11, Buffer.concat([field(1, 'c'), typeOf(BOOL, [])])),
    field(11, Buffer.concat([field(1, 'v'), typeOf(FLOAT, undefined)])),
    field(12, Buffer.concat([field(1, 'c2'), typeOf(BOOL, [])])),
    field(12, Buffer.concat([field(1, 'v2'), typeOf(FLOAT, undefined)])),
  ]);
}

/** Graphs in graphs. */
export function nestedIf(depth: number): Buffer {
  const branch = (left: number): Buffer => {
    const name = `o${left}`;
    const inner =
      left === 0
        ? node('Identity', ['x'], [name])
        : node(
            'If',
            ['c'],
            [name],
            Buffer.concat([field(1, 'then_branch'), field(6, branch(left - 1)), number(20, 5)]),
            Buffer.concat([field(1, 'else_branch'), field(6, branchLeaf(left)), number(20, 5)]),
          );
    return Buffer.concat([
      field(1, inner),
      field(2, `b${left}`),
      field(12, Buffer.concat([field(1, name), typeOf(FLOAT, undefined)])),
    ]);
  };
  const branchLeaf = (at: number) =>
    Buffer.concat([
      field(1, node('Identity', ['x'], [`e${at}`])),
      field(2, `l${at}`),
      field(12, Buffer.concat([field(1, `e${at}`), typeOf(FLOAT, undefined)])),
    ]);
  const raw = Buffer.concat([number(2, BOOL), field(8, 'c'), field(9, Buffer.from([1]))]);
  return graph(
    [
      node(
        'If',
        ['c'],
        ['y'],
        Buffer.concat([field(1, 'then_branch'), field(6, branch(depth)), number(20, 5)]),
        Buffer.concat([field(1, 'else_branch'), field(6, branchLeaf(depth + 1)), number(20, 5)]),
      ),
    ],
    [raw],
  );
}
