import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../lifecycle/slipway.ts';

export type ShellOptions = { cwd?: string; env?: Record<string, string> };
export type Ended = { code: number | null; stdout: string; stderr: string };

const PROGRAM = join(ROOT, 'packages/cli/bin/slipway.js');

/**
 * Runs a script of bash with pipes and redirections as a user types them. In it `slipway` is the built command line. It has none of the
 * SLIPWAY_* of the person who tests, and the exit code is that of the first command of a pipe that fails.
 */
export function bash(script: string, { cwd = tmpdir(), env = {} }: ShellOptions = {}): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SLIPWAY_'));
  const prelude = `set -o pipefail; slipway() { "$NODE" "$PROGRAM" "$@"; }`;
  const child = spawn('bash', ['-c', `${prelude}; ${script}`], {
    cwd,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', NODE: process.execPath, PROGRAM, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
