import { type ChildProcess, spawn } from 'node:child_process';
import type { ControlMessage, InferenceMessage } from '../../inference/index.ts';

/** One life of the inference process. */
export type InferenceChild = {
  readonly pid: number | undefined;
  send(message: ControlMessage): void;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
};

export type ChildOptions = {
  /** A command that becomes the program whose command line follows. */
  launcher: readonly string[];
  /** Besides it there is none. */
  environment: Readonly<Record<string, string>>;
  onMessage(message: InferenceMessage): void;
  /** Called once, however it ended, also when it could not be started. */
  onExit(signal?: NodeJS.Signals | null): void;
};

/** Starts `entry` (the built `inference.js`). It inherits stderr and nothing else of our environment, where secrets may be. */
export function startInference(
  entry: string,
  args: readonly string[],
  { launcher, environment, onMessage, onExit }: ChildOptions,
): InferenceChild {
  const [file = process.execPath, ...rest] = [...launcher, process.execPath, entry, ...args];
  const child = spawn(file, rest, { env: environment, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.on('message', (message) => onMessage(message as InferenceMessage));
  onceEnded(child, onExit);
  return {
    get pid() {
      return child.pid;
    },
    send(message) {
      // A channel that is gone is told by 'exit'.
      if (child.connected) child.send(message, () => {});
    },
    kill: (signal) => void child.kill(signal),
  };
}

function onceEnded(child: ChildProcess, ended: ChildOptions['onExit']): void {
  let isEnded = false;
  const once = (signal?: NodeJS.Signals | null) => {
    if (isEnded) return;
    isEnded = true;
    ended(signal);
  };
  child.on('exit', (_, signal) => once(signal));
  child.on('error', () => {
    if (child.pid === undefined) once();
  });
}
