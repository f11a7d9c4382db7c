import { mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashSecret } from '../access/index.ts';
import { followTokenFile, readTokenFile, type TokenFollower } from './token-file.ts';

let folder: string;
let path: string;
let follower: TokenFollower | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-tokens-'));
  path = join(folder, 'tokens');
});
afterEach(async () => {
  follower?.stop();
  follower = undefined;
  await rm(folder, { recursive: true });
});

describe('a token file', () => {
  it('holds one token a line; empty lines and comments do not count', async () => {
    await writeFile(path, '# shop\r\nsecret-one\r\n\n  secret-two  \n');
    expect(await readTokenFile(path)).toEqual({ hashes: ['secret-one', 'secret-two'].map(hashSecret) });
  });

  it('without tokens, too large, a folder, or not there says so, with its path', async () => {
    expect((await readTokenFile(path)).problem).toBe(`${path} cannot be read (ENOENT)`);
    expect((await readTokenFile(folder)).problem).toBe(`${folder} cannot be read (EISDIR)`);
    await writeFile(path, '# none\n\n');
    expect((await readTokenFile(path)).problem).toBe(`${path} holds no token`);
    await writeFile(path, 'x\n'.repeat(1001));
    expect((await readTokenFile(path)).problem).toBe(`${path} holds more than 1000 tokens`);
    await writeFile(path, 'x'.repeat(1024 * 1024 + 1));
    expect((await readTokenFile(path)).problem).toBe(`${path} is larger than 1048576 bytes`);
  });
});

describe('a token file that is followed', () => {
  async function followed(first: string) {
    await writeFile(path, first);
    const told: (string[] | string)[] = [];
    follower = followTokenFile(
      path,
      await readTokenFile(path),
      ({ hashes, problem }) => void told.push(problem ?? hashes),
      (error) => told.push(String(error)),
    );
    return { told, look: follower.look };
  }

  it('tells of new tokens, once, and not of the same ones in another order', async () => {
    const { told, look } = await followed('a\nb\n');
    await look();
    await writeFile(path, 'b\n# moved\na\n');
    await look();
    expect(told).toEqual([]);
    await writeFile(path, 'c\n');
    await look();
    await look();
    expect(told).toEqual([[hashSecret('c')]]);
  });

  it('believes that there are none when it is read so twice, since a program may be writing it', async () => {
    const { told, look } = await followed('a\n');
    await writeFile(path, '');
    await look();
    await writeFile(path, 'b\n');
    await look();
    expect(told).toEqual([[hashSecret('b')]]);
    await rm(path);
    await look();
    expect(told).toHaveLength(1);
    await look();
    await look();
    expect(told.slice(1)).toEqual([`${path} cannot be read (ENOENT)`]);
  });

  it.skipIf(process.platform !== 'linux')(
    'tells once that another file took its place where it is mounted from, and keeps its tokens',
    async () => {
      await writeFile(path, 'a\n');
      // As a mounted file, it stays what the name was for.
      const mounted = await open(path, 'r');
      const own = `/proc/self/fd/${mounted.fd}`;
      const told: unknown[] = [];
      follower = followTokenFile(
        own,
        await readTokenFile(own),
        (file) => void told.push(file),
        (error) => told.push(error),
      );
      await follower.look();
      await writeFile(`${path}.new`, 'b\n');
      await rename(`${path}.new`, path);
      for (let time = 0; time < 3; time++) await follower.look();
      await mounted.close();
      expect(told).toEqual([{ hashes: [hashSecret('a')], isUnlinked: true }]);
    },
  );

  it('goes on after a change that could not be taken into use', async () => {
    await writeFile(path, 'a\n');
    const told: unknown[] = [];
    follower = followTokenFile(
      path,
      await readTokenFile(path),
      ({ hashes }) => {
        if (hashes[0] === hashSecret('b')) throw new Error('broken');
        told.push(hashes);
      },
      (error) => told.push((error as Error).message),
    );
    for (const token of ['b', 'c']) {
      await writeFile(path, token);
      await follower.look();
    }
    expect(told).toEqual(['broken', [hashSecret('c')]]);
  });
});
