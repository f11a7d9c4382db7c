import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { filesOf, placeFiles } from '../../server/src/testing/folder-tree.ts';
import { saveStream } from './save-stream.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-save-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

async function* chunksOf(...texts: (string | Error)[]): AsyncIterable<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield Buffer.from(text);
  }
}

describe('a file that a command writes', () => {
  it('is there whole, and the files beside it stay as they are', async () => {
    await placeFiles(folder, ['out.csv.part', `out.csv.part-${process.pid}`, 'out.csv.bak']);
    const before = await filesOf(folder);
    await saveStream(join(folder, 'out.csv'), chunksOf('a\n', '1\n'));
    expect(await readFile(join(folder, 'out.csv'), 'utf8')).toBe('a\n1\n');
    const { 'out.csv': _, ...others } = await filesOf(folder);
    expect(others).toEqual(before);
  });

  it('is not there, nor a part of it, when the stream breaks; the one before it stays', async () => {
    await placeFiles(folder, ['out.csv', `out.csv.part-${process.pid}`]);
    const before = await filesOf(folder);
    const broken = () => chunksOf('a\n', new Error('the line went dead'));
    await expect(saveStream(join(folder, 'out.csv'), broken())).rejects.toThrow('the line went dead');
    await expect(saveStream(join(folder, 'new.csv'), broken())).rejects.toThrow('the line went dead');
    expect(await filesOf(folder)).toEqual(before);
  });

  it('keeps the mode of the one that it replaces, and a link to it', async () => {
    await placeFiles(folder, ['real.csv']);
    await chmod(join(folder, 'real.csv'), 0o604);
    await symlink(join(folder, 'real.csv'), join(folder, 'out.csv'));
    await saveStream(join(folder, 'out.csv'), chunksOf('new'));
    expect((await lstat(join(folder, 'out.csv'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'real.csv'), 'utf8')).toBe('new');
    expect((await stat(join(folder, 'real.csv'))).mode & 0o777).toBe(0o604);
  });

  it.skipIf(process.platform === 'win32')(
    'does not take the place of a pipe or a device (needs mkfifo)',
    async () => {
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const [read] = await Promise.all([readFile(pipe, 'utf8'), saveStream(pipe, chunksOf('a\n', '1\n'))]);
      expect(read).toBe('a\n1\n');
      expect((await stat(pipe)).isFIFO()).toBe(true);
    },
  );
});
