import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TensorSpec } from '../model.ts';
import { decodeValues } from '../tensor-values.ts';
import { readSamples } from './read-samples.ts';
import { repeatRows, sampleBatches } from './sample-batches.ts';

const X: TensorSpec[] = [{ name: 'x', type: 'float32', shape: ['n', 2] }];

/** An .npy file as numpy 2 writes it. */
function npy(descr: string, shape: string, content: Uint8Array, fortran = 'False'): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, content]);
}

const bytesOf = (values: Float64Array | BigInt64Array | Float32Array | Uint32Array) =>
  new Uint8Array(values.buffer);

/** One entry as numpy.savez_compressed writes it, sizes told in the directory. */
function npz(entries: Record<string, Buffer>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(entries)) {
    const packed = deflateRawSync(content);
    const path = Buffer.from(`${name}.npy`);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(path.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(content.length, 24);
    central.writeUInt16LE(path.length, 28);
    central.writeUInt32LE(at, 42);
    directory.push(central, path);
    files.push(local, path, packed);
    at += 30 + path.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, ...directory, end]);
}

const read = (name: string, bytes: Uint8Array, specs = X) =>
  readSamples(specs, { name, bytes, maxBytes: 2 ** 20 });
const values = npy('<f8', '3, 2', bytesOf(Float64Array.of(1, 2, 3, 4, 5, 6)));

describe('rows for a model out of a file', () => {
  it('of numpy arrays come in the type that the model takes, with their labels', () => {
    const labels = npy('<i8', '3,', bytesOf(BigInt64Array.of(0n, 1n, 2n)));
    const samples = read('rows.npz', npz({ x: values, labels }));
    expect(samples).toMatchObject({
      rows: 3,
      labels: [0, 1, 2],
      inputs: [{ name: 'x', type: 'float32', shape: [3, 2] }],
    });
    expect(decodeValues(samples.inputs[0]!)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('may be one array alone, under any name, and have an axis less', () => {
    expect(read('x.npy', values)).toMatchObject({ rows: 3, labels: undefined });
    const images: TensorSpec[] = [{ name: 'image', type: 'float32', shape: ['n', 1, 1, 2] }];
    expect(read('rows.npz', npz({ pixels: values }), images).inputs[0]).toMatchObject({
      name: 'image',
      shape: [3, 1, 1, 2],
    });
  });

  it('of texts have labels that are texts', () => {
    const points = Uint32Array.from([...'yes', ...'no\0'].map((letter) => letter.codePointAt(0)!));
    const labels = npy('<U3', '2,', bytesOf(points));
    const x = npy('<f4', '2, 2', bytesOf(Float32Array.of(1, 2, 3, 4)));
    expect(read('rows.npz', npz({ x, labels })).labels).toEqual(['yes', 'no']);
  });

  it('of long texts are read, and texts of no length are refused, however many there are said to be', () => {
    const points = Uint32Array.from({ length: 200_000 }, () => 0x61);
    const x = npy('<f4', '1, 2', bytesOf(Float32Array.of(1, 2)));
    const labels = npy('<U200000', '1,', bytesOf(points));
    expect(read('rows.npz', npz({ x, labels })).labels).toEqual(['a'.repeat(200_000)]);
    const none = npy('<U0', '4000000000,', new Uint8Array(0));
    expect(() => read('rows.npz', npz({ x, labels: none }))).toThrow('texts of 0 characters');
    expect(() => read('rows.npy', npy('<f4', '1,'.repeat(40), new Uint8Array(4)))).toThrow('40 axes');
  });

  it('of JSON are nested lists by tensor', () => {
    const json = Buffer.from(
      JSON.stringify({
        x: [
          [1, 2],
          [3, 4],
        ],
        labels: ['a', 'b'],
      }),
    );
    expect(read('rows.json', json)).toMatchObject({ rows: 2, labels: ['a', 'b'] });
  });

  it.each<[string, string, Buffer, string]>([
    ['other sizes', 'a.npy', npy('<f4', '2, 3', new Uint8Array(24)), 'has the shape [2,3]'],
    ['other bytes than its shape', 'a.npy', npy('<f4', '9, 2', new Uint8Array(24)), 'has 24 bytes'],
    ['objects', 'a.npy', npy('|O', '3', new Uint8Array(24)), 'only a pickle'],
    ['columns first', 'a.npy', npy('<f4', '3, 2', new Uint8Array(24), 'True'), 'C order'],
    ['the other end first', 'a.npy', npy('>f4', '3, 2', new Uint8Array(24)), 'big-endian'],
    ['no rows', 'a.npy', npy('<f4', '0, 2', new Uint8Array(0)), '0 rows'],
    ['nothing of numpy', 'a.npy', Buffer.from('a,b,c,d,e,f,g'), 'no .npy'],
    ['half an archive', 'a.npz', npz({ x: values }).subarray(0, 90), 'a.npz: '],
    ['no JSON', 'a.json', Buffer.from('{'), 'no JSON'],
    ['a list', 'a.json', Buffer.from('[1]'), 'no object of tensors'],
    [
      'another number of labels',
      'a.json',
      Buffer.from('{"x":[[1,2]],"labels":[1,2]}'),
      '1 rows and 2 labels',
    ],
    ['other tensors', 'a.json', Buffer.from('{"v":[1],"z":[2]}'), 'holds no x'],
  ])('are refused for %s', (_, name, bytes, says) => {
    expect(() => read(name, bytes)).toThrow(says);
  });
});

describe('rows', () => {
  it('are cut into what a model takes at once', () => {
    const { inputs } = read('x.npy', values);
    expect(sampleBatches(X, inputs).map(([tensor]) => tensor!.shape)).toEqual([[3, 2]]);
    const pairs: TensorSpec[] = [{ name: 'x', type: 'float32', shape: [2, 2] }];
    expect(sampleBatches(pairs, inputs).map(([tensor]) => decodeValues(tensor!))).toEqual([[1, 2, 3, 4]]);
  });

  it('go round until there are enough', () => {
    const { inputs } = read('x.npy', values);
    expect(decodeValues(repeatRows(X, inputs, 4)![0]!)).toEqual([1, 2, 3, 4, 5, 6, 1, 2]);
    expect(repeatRows([{ name: 'x', type: 'float32', shape: [1, 2] }], inputs, 4)).toBeUndefined();
  });
});
