import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { boundedLogFile } from './bounded-log-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dropped = (lines: number, code: string) => `dropped ${lines} (${code})`;
const read = (name = 'log') => readFileSync(join(folder, name), 'utf8');

it('appends lines to what there is, for the owner alone', () => {
  boundedLogFile(join(folder, 'log'), dropped).write('one');
  boundedLogFile(join(folder, 'log'), dropped).write('two');
  expect(read()).toBe('one\ntwo\n');
  expect(statSync(join(folder, 'log')).mode & 0o777).toBe(0o600);
});

it('keeps as many files of maximum number to list bytes as it may', () => {
  const log = boundedLogFile(join(folder, 'log'), dropped, { maxBytes: 20, kept: 2 });
  for (let i = 10; i < 30; i++) log.write(`line ${i}`);
  expect(readdirSync(folder).toSorted()).toEqual(['log', 'log.1', 'log.2']);
  expect([read('log.2'), read('log.1'), read()]).toEqual([
    'line 24\nline 25\n',
    'line 26\nline 27\n',
    'line 28\nline 29\n',
  ]);
});

it.skipIf(process.platform !== 'linux')('drops lines while the disk is full, and tells how many', () => {
  const path = join(folder, 'log');
  symlinkSync('/dev/full', path);
  const log = boundedLogFile(path, dropped);
  log.write('one');
  log.write('two');
  rmSync(path);
  log.write('three');
  log.write('four');
  expect(read()).toBe('dropped 2 (ENOSPC)\nthree\nfour\n');
});

it('drops lines while its folder is gone', () => {
  const log = boundedLogFile(join(folder, 'logs', 'log'), dropped);
  log.write('one');
  expect(readdirSync(folder)).toEqual([]);
});
