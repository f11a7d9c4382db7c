/** Processes that load the machine beside the endpoint that is measured: they begin, pause between turns, and end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { getPriority } from 'node:os';
import type { Came, Order } from './callers.ts';

const LOWEST = 19;

export type Beside = {
  /** Loads until `pause`. */
  go(): Promise<void>;
  pause(): Promise<void>;
  end(): Promise<void>;
  /** What callers were answered so far. */
  came(): readonly Came[];
};

/** Callers, `processes` times: started for each turn anew, so that nothing of them is under way between turns. */
export function callersBeside(order: Order, settled: () => Promise<void>, processes = 1): Beside {
  const came: Came[] = [];
  let children: ChildProcess[] = [];
  async function pause(): Promise<void> {
    await Promise.all(children.map(ended));
    children = [];
    await settled();
  }
  return {
    async go() {
      children = Array.from({ length: processes }, () => {
        const child = started(
          ['mixed-endpoints', '--call', JSON.stringify(order)],
          {},
          order.by === 'nothing' ? 0 : LOWEST,
        );
        readLines(child, (line) => came.push(JSON.parse(line) as Came));
        return child;
      });
    },
    pause,
    end: pause,
    came: () => came,
  };
}

/** The benchmark `batch` in a process of its own, which stands still between turns; its files are in `folder`. */
export function batchBeside(rows: number, folder: string): Beside {
  let child: ChildProcess | undefined;
  return {
    async go() {
      if (child !== undefined) {
        child.kill('SIGCONT');
        return;
      }
      child = started(['batch', '--rows', String(rows)], { TMPDIR: folder }, 0);
      // The first line is there once the file is written, which is not measured.
      await new Promise<void>((resolve, reject) => {
        readLines(child!, () => resolve());
        child!.once('exit', () => reject(new Error('the batch ended before it began')));
      });
    },
    async pause() {
      if (child?.exitCode === null) child.kill('SIGSTOP');
      else throw new Error('the batch was over before the turn was: give it more rows');
    },
    async end() {
      if (child !== undefined) await ended(child);
    },
    came: () => [],
  };
}

/** @param niceness the priority that it runs at: 0 is the server's, 19 the lowest */
function started(args: readonly string[], env: Record<string, string>, niceness: number): ChildProcess {
  const nicer = String(niceness - getPriority());
  // A child of a process of the real-time class is not of it.
  return spawn(
    'chrt',
    ['--other', '0', 'nice', '-n', nicer, process.execPath, 'scripts/bench.mjs', ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    },
  );
}

function readLines(child: ChildProcess, take: (line: string) => void): void {
  let rest = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) take(line);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
