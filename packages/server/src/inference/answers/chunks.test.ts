import { describe, expect, it } from 'vitest';
import { type ValueRun, valueText } from '../../stages/pack/index.ts';
import { workTurns } from '../work-turns.ts';
import { chunksOf } from './chunks.ts';
import { type Piece, TensorText } from './pieces.ts';
import { writeJson } from './write-json.ts';

const VALUES = Float32Array.from({ length: 200_000 }, (_, i) => i / 8);
const tensor = {
  name: 'y',
  type: 'float32' as const,
  shape: [2, 100_000],
  bytes: new Uint8Array(VALUES.buffer),
};
const TEXT = `[[${VALUES.subarray(0, 100_000).join()}],[${VALUES.subarray(100_000).join()}]]`;

/** Chunks of pieces, with what was asked of those who write, and how often others had a turn. */
function making(pieces: Iterable<Piece>) {
  const asked: ValueRun[] = [];
  const owners = new Set<string>();
  const values = {
    write: async (run: ValueRun, owner: string) => {
      asked.push(run);
      owners.add(owner);
      return Buffer.from(valueText(run));
    },
    close: async () => {},
  };
  const turns = workTurns(1000, (error) => expect.unreachable(String(error)));
  let others = 0;
  const again = (owner?: string) => turns.again(owner).then(() => void others++);
  const maker = { turns: { ...turns, again }, values, owner: 'wide' };
  return { asked, owners, others: () => others, chunks: chunksOf(maker, pieces) };
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

describe('the chunks of a large answer', () => {
  it('are the pieces one after the other', async () => {
    const pieces = ['{"y":', new TensorText(tensor, { isFlat: false }), ',"é":', Buffer.from('1'), '}'];
    const { chunks, owners } = making(pieces);
    expect(await whole(chunks)).toBe(`{"y":${TEXT},"é":1}`);
    expect([...owners]).toEqual(['wide']);
  });

  it('are made as they are taken: nothing is made for who does not read', async () => {
    const { chunks, asked } = making([new TensorText(tensor, { isFlat: true })]);
    for (let taken = 1; taken <= 5; taken++) {
      await chunks.next();
      expect(asked.length).toBeLessThanOrEqual(taken + 3);
    }
    await chunks.return(undefined);
    expect(asked.length).toBeLessThan(9);
  });

  it('leave turns to others while text is put together', async () => {
    function* slowly() {
      for (let i = 0; i < 20; i++) {
        const until = performance.now() + 2;
        while (performance.now() < until);
        yield 'x';
      }
    }
    const { chunks, others } = making(slowly());
    expect(await whole(chunks)).toBe('x'.repeat(20));
    expect(others()).toBeGreaterThanOrEqual(19);
  });

  it('end with what the writing of values ends with', async () => {
    const failing = { write: () => Promise.reject(new Error('no thread')), close: async () => {} };
    const turns = workTurns(1000, () => {});
    const chunks = chunksOf({ turns, values: failing, owner: '' }, [
      new TensorText(tensor, { isFlat: true }),
    ]);
    await expect(whole(chunks)).rejects.toThrow('no thread');
  });
});

describe('JSON in pieces', () => {
  async function written(value: unknown): Promise<string> {
    const body = writeJson(value);
    return typeof body === 'string'
      ? body
      : whole(making((body as Exclude<typeof body, Buffer>).make()).chunks);
  }
  const rows = Array.from({ length: 3000 }, (_, i) => ({ i, text: `"${i}`, list: [1, null] }));

  it.each([
    ['short', { a: [1, 2], b: null, c: undefined, d: {} }],
    ['with a long list', { predictions: rows, ids: rows.map(({ i }) => String(i)), none: [], no: undefined }],
    [
      'with long lists in a list',
      {
        outputs: [
          { name: 'y', data: rows },
          { name: 'z', data: [] },
        ],
      },
    ],
    ['that is a long list', rows],
  ])('is what JSON.stringify makes of a value %s', async (_, value) => {
    expect(await written(value)).toBe(JSON.stringify(value));
  });

  it('holds tensors, and knows how long it is at most', async () => {
    const body = writeJson({ outputs: [{ name: 'y', data: new TensorText(tensor, { isFlat: true }) }] });
    if (typeof body === 'string' || Buffer.isBuffer(body)) return expect.unreachable();
    const text = await whole(making(body.make()).chunks);
    expect(text).toBe(`{"outputs":[{"name":"y","data":[${VALUES.join()}]}]}`);
    expect(text.length).toBeLessThanOrEqual(body.mostBytes);
    expect(body.mostBytes).toBeLessThan(VALUES.length * 26);
  });
});
