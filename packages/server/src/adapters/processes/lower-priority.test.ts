import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { getPriority } from 'node:os';
import { expect, it } from 'vitest';
import { lowerPriority } from './lower-priority.ts';

it('gives a process a lower priority than this one has, and leaves one that has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const expected = Math.min(19, getPriority() + 5);
  lowerPriority(child.pid!, 5);
  expect(getPriority(child.pid)).toBe(expected);
  child.kill('SIGKILL');
  await once(child, 'exit');
  lowerPriority(child.pid!, 5);
});

it('gives none that there is not', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  lowerPriority(child.pid!, 100);
  expect(getPriority(child.pid)).toBe(19);
  child.kill('SIGKILL');
});
