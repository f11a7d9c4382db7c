import { existsSync, realpathSync } from 'node:fs';
import { fail } from '@slipway/contract';
import { installationReads } from './bubblewrap.ts';
import type { Confinement } from './confinement.ts';
import type { Means } from './means.ts';
import { onPath } from './on-path.ts';
import { findProcessGroups } from './process-groups.ts';
import { type ProcessesLimit, processesLimit } from './processes-limit.ts';
import { type ConfinedProcess, type Program, startConfined } from './start-confined.ts';

export type SandboxMode = 'auto' | 'required' | 'off';

/** How far programs are kept from the rest of the machine. */
export type SandboxLevel = 'bubblewrap' | 'limits' | 'off';

export type Sandbox = {
  level: SandboxLevel;
  /** What is missing, in words for the user; undefined where nothing is. */
  lacks: string | undefined;
  /** What limits the number of processes and threads. */
  processes: ProcessesLimit;
  start(confinement: Confinement, program: Program): ConfinedProcess;
};

export type SandboxOptions = {
  /** Folders of programs, as in PATH; those of the system are looked at besides. */
  searchPath?: string | undefined;
  /** Why bubblewrap cannot be used here, where that is known. */
  obstacle?: string | undefined;
};

/**
 * Finds out how programs can be confined here, and tries it. `off` confines nothing; `required` throws `sandbox.unavailable` where
 * there is no bubblewrap that works.
 *
 * @param program path of a built program that shall run in it: it must be readable there
 */
export async function openSandbox(
  mode: SandboxMode,
  program: string,
  options: SandboxOptions = {},
): Promise<Sandbox> {
  const opened = await openUngrouped(mode, program, options);
  const { means } = opened;
  const groups = means.by === 'nothing' ? undefined : findProcessGroups();
  if (means.by === 'nothing' || groups === undefined) return sandboxOf(means, opened.lacks);
  const grouped: Means = { ...means, groups };
  // Joining a group is tried like all else: a program that cannot join would not start.
  const refused = await reasonOfFailure(grouped, program);
  return sandboxOf(refused === undefined ? grouped : means, opened.lacks);
}

type Opened = { means: Means; lacks: string | undefined };

async function openUngrouped(mode: SandboxMode, program: string, options: SandboxOptions): Promise<Opened> {
  if (mode === 'off') return { means: { by: 'nothing' }, lacks: 'it is switched off (work.sandbox)' };
  const tried = await findBubblewrap(program, options);
  if ('means' in tried) return { means: tried.means, lacks: tried.lacks };
  if (mode === 'required') throw fail('sandbox.unavailable', { reason: tried.lacks });
  return { means: await findLimits(program, options), lacks: tried.lacks };
}

const LEVELS: Record<Means['by'], SandboxLevel> = {
  bubblewrap: 'bubblewrap',
  limits: 'limits',
  nothing: 'off',
};

function sandboxOf(means: Means, lacks: string | undefined): Sandbox {
  return {
    level: LEVELS[means.by],
    lacks,
    processes: processesLimit(means),
    start: (confinement, program) => startConfined(means, confinement, program),
  };
}

type Tried = { means: Means; lacks?: string } | { lacks: string };

/** With `/proc` and a user of its own where both work, and with less where they do not. */
async function findBubblewrap(program: string, options: SandboxOptions): Promise<Tried> {
  if (options.obstacle !== undefined) return { lacks: options.obstacle };
  if (process.platform !== 'linux') return { lacks: `there is none on ${process.platform}` };
  const file = onPath('bwrap', options.searchPath);
  if (file === undefined) return { lacks: 'bubblewrap (bwrap) is not installed' };
  const isRoot = process.getuid?.() === 0;
  const reasons: string[] = [];
  for (const changesUser of isRoot ? [true, false] : [false]) {
    for (const ownProc of [true, false]) {
      const means: Means = { by: 'bubblewrap', file, ownProc, changesUser };
      const reason = await reasonOfFailure(means, program);
      if (reason === undefined)
        return { means, ...(isRoot && !changesUser ? { lacks: noOwnUser(reasons[0]!) } : {}) };
      reasons.push(reason);
    }
  }
  return { lacks: `bubblewrap does not work here: ${reasons[0]}` };
}

function noOwnUser(reason: string): string {
  return `models of root have no user of their own: ${reason}`;
}

async function findLimits(program: string, options: SandboxOptions): Promise<Means> {
  if (process.platform === 'win32' || !existsSync('/bin/sh')) return { by: 'nothing' };
  const withPrivileges: Means = { by: 'limits', setpriv: onPath('setpriv', options.searchPath) };
  for (const means of [withPrivileges, { by: 'limits', setpriv: undefined } as const])
    if ((await reasonOfFailure(means, program)) === undefined) return means;
  return { by: 'nothing' };
}

const TRIAL: Omit<Confinement, 'reads'> = {
  writes: [],
  confines: false,
  devices: false,
  ownUser: true,
  limits: { openFiles: 256, processes: 256, writesFiles: false, niceness: 1 },
};
const READS = "require('node:fs').readFileSync(process.argv[1])";
const TRIAL_MS = 20_000;
const LONGEST_REASON = 300;

/** Starts Node in it, which reads the program. */
function reasonOfFailure(means: Means, program: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const confinement = { ...TRIAL, reads: installationReads(program) };
    const { child } = startConfined(means, confinement, {
      command: [process.execPath, '--eval', READS, realpathSync(program)],
      environment: {},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(0, LONGEST_REASON);
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), TRIAL_MS);
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(undefined);
      else resolve(said.split('\n')[0] || `it ended with ${signal ?? code}`);
    });
  });
}
