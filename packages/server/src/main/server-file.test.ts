import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { filesOf, placeFiles } from '../testing/folder-tree.ts';
import { announceServer, serverBefore } from './server-file.ts';

it('server.json is written and removed, and what lies beside it stays', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-server-file-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await placeFiles(folder, ['server.json.bak', `server.json.${process.pid}`, 'server.json.new_1']);
  const before = await filesOf(folder);
  const ready = { url: 'http://localhost:1', inferenceUrl: 'http://localhost:2', pid: process.pid };
  const remove = await announceServer(folder, ready);
  expect(JSON.parse(await readFile(join(folder, 'server.json'), 'utf8'))).toEqual(ready);
  const { 'server.json': _, ...others } = await filesOf(folder);
  expect(others).toEqual(before);
  const path = join(folder, 'server.json');
  await writeFile(path, '{"pid":2}');
  await remove();
  expect(await readFile(path, 'utf8'), 'that of another server stays').toBe('{"pid":2}');
  await writeFile(path, `${JSON.stringify(ready)}\n`);
  expect(await serverBefore(folder)).toBe(process.pid);
  await remove();
  expect(await filesOf(folder)).toEqual(before);
});
