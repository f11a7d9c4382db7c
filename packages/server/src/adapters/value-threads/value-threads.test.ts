import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ValueWriter } from '../../inference/index.ts';
import type { ValueRun } from '../../stages/pack/index.ts';
import { builtValueThread } from '../../testing/built-inference.ts';
import { valueThreads } from './value-threads.ts';

let folder: string;
let entry: string;
const open: ValueWriter[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-values-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  entry = await builtValueThread(folder);
});
afterEach(() => Promise.all(open.splice(0).map((writer) => writer.close())));
afterAll(() => rm(folder, { recursive: true }));

function writerOf(threads: number, program = entry): ValueWriter {
  const writer = valueThreads({ entry: program, threads });
  open.push(writer);
  return writer;
}

function floats(values: readonly number[]): ValueRun {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return { type: 'float32', bytes, first: 0, lists: [values.length] };
}

async function textOf(written: Promise<Uint8Array>): Promise<string> {
  return Buffer.from(await written).toString();
}

describe('threads that write values', () => {
  it('write them as JSON', async () => {
    const writer = writerOf(2);
    const runs = Array.from({ length: 10 }, (_, i) => textOf(writer.write(floats([i, Number.NaN]), 'a')));
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 10 }, (_, i) => `[${i},null]`));
    const bytes = new Uint8Array([3, 0, 0, 0, 0xe2, 0x98, 0x83]);
    expect(await textOf(writer.write({ type: 'string', bytes, first: 1, lists: [] }, 'a'))).toBe(',"☃"');
  });

  it('give each endpoint its turns, however much another asks for', async () => {
    const writer = writerOf(1);
    const order: string[] = [];
    const ask = (owner: string) => writer.write(floats([1, 2, 3]), owner).then(() => order.push(owner));
    await Promise.all([...Array.from({ length: 10 }, () => ask('heavy')), ask('light'), ask('light')]);
    expect(order.slice(0, 5).filter((owner) => owner === 'light')).toHaveLength(2);
  });

  it('tell what they cannot write, and go on', async () => {
    const writer = writerOf(1);
    const broken = { ...floats([1]), bytes: new Uint8Array(3) };
    await expect(writer.write(broken, 'a')).rejects.toThrow(/multiple of 4/);
    expect(await textOf(writer.write(floats([1]), 'a'))).toBe('[1]');
  });

  it('that die fail what they were writing, and are started again', async () => {
    const mortal = join(folder, 'mortal.js');
    const lines = [
      "import { parentPort } from 'node:worker_threads';",
      "parentPort.once('message', () => process.exit(1));",
    ];
    await writeFile(mortal, lines.join('\n'));
    const writer = writerOf(1, mortal);
    const ends = await Promise.allSettled([writer.write(floats([1]), 'a'), writer.write(floats([2]), 'a')]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('that are closed write nothing more', async () => {
    const writer = writerOf(1);
    const running = Promise.allSettled(Array.from({ length: 3 }, () => writer.write(floats([1]), 'a')));
    await writer.close();
    expect((await running).at(-1)?.status).toBe('rejected');
    await expect(writer.write(floats([1]), 'a')).rejects.toThrow('nothing more is written');
  });
});
