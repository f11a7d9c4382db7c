import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlockingSocket } from './blocking-socket.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-socket-'));
});
afterAll(() => rm(folder, { recursive: true }));

class Ended extends Error {}

function onFile<T>(flags: string, use: (socket: BlockingSocket) => T): T {
  const file = openSync(join(folder, 'bytes'), flags);
  try {
    return use(
      new BlockingSocket(file, () => {
        throw new Ended();
      }),
    );
  } finally {
    closeSync(file);
  }
}

const parts = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    fc.integer({ min: 60_000, max: 200_000 }).map((size) => new Uint8Array(size).map((_, i) => i % 251)),
  ),
  { maxLength: 8 },
);

describe('a blocking socket', () => {
  it('gives what was written, in whatever pieces it is asked for, large and small', () => {
    fc.assert(
      fc.property(parts, (sent) => {
        onFile('w', (socket) => socket.write(sent));
        const read = onFile('r', (socket) => sent.map(({ byteLength }) => socket.read(byteLength)));
        expect(read.map((bytes) => Buffer.compare(Buffer.from(bytes), sent[read.indexOf(bytes)]!))).toEqual(
          sent.map(() => 0),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('writes the parts one after the other', () => {
    onFile('w', (socket) => socket.write([Buffer.from('one'), Buffer.alloc(0), Buffer.from('two')]));
    expect(readFileSync(join(folder, 'bytes'), 'utf8')).toBe('onetwo');
  });

  it('tells when the other side is gone in the middle', () => {
    writeFileSync(join(folder, 'bytes'), 'abc');
    expect(() => onFile('r', (socket) => socket.read(4))).toThrow(Ended);
  });
});
