import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../lifecycle/slipway.ts';
import { bash } from './shell.ts';

const MINUTES = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-help-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it(
  'examples come first, and what is a command of its own before what all have',
  async () => {
    const { stdout } = await bash('slipway ship --help');
    expect(stdout).toMatch(/^Examples:\n {2}.*slipway ship customers\.csv --target churned\n/);
    expect(stdout.indexOf('--target <column>')).toBeLessThan(stdout.indexOf('--allow-foreign-files'));
  },
  MINUTES,
);

it(
  'the completion of bash knows commands and options',
  async () => {
    const script = `eval "$(slipway completion bash)"
    COMP_WORDS=(slipway data a); COMP_CWORD=2; _slipway; echo "\${COMPREPLY[@]}"
    COMP_WORDS=(slipway ship x.csv --targ); COMP_CWORD=3; _slipway; echo "\${COMPREPLY[@]}"`;
    expect(await bash(script)).toMatchObject({ code: 0, stdout: 'add\n--target\n', stderr: '' });
    for (const shell of ['zsh', 'fish'])
      expect((await bash(`slipway completion ${shell}`)).stdout).toContain('validate-on');
    expect(await bash('slipway completion tcsh')).toMatchObject({ code: 2 });
  },
  MINUTES,
);

it(
  'docs prints a page, lists them all, and names the nearest of a mistyped one',
  async () => {
    expect((await bash('slipway docs serving | head -1')).stdout).toBe('# Calling a model\n');
    expect((await bash('slipway docs')).stdout).toContain('reading-data\n');
    const mistyped = await bash('slipway docs serivng');
    expect(mistyped).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean serving?') });
  },
  MINUTES,
);

it(
  'hints print the command as this user can run it',
  async () => {
    const status = 'slipway status --data nothing-here';
    expect((await bash(status, { cwd: ROOT })).stderr).toContain('`npx slipway up`');
    await symlink(join(ROOT, 'packages/cli/bin/slipway.js'), join(folder, 'slipway'));
    const installed = await bash(status, { cwd: ROOT, env: { PATH: `${folder}:${process.env['PATH']}` } });
    expect(installed.stderr).toContain('`slipway up`');
  },
  MINUTES,
);
