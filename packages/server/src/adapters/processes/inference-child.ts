import { type ChildProcess, fork } from 'node:child_process';
import type { ControlMessage, InferenceMessage } from '../../inference/index.ts';

/** One life of the inference process. */
export type InferenceChild = {
  readonly pid: number | undefined;
  send(message: ControlMessage): void;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
};

export type ChildListeners = {
  onMessage(message: InferenceMessage): void;
  /** Called once, however it ended, also when it could not be started. */
  onExit(): void;
};

/** Starts `entry` (the built `inference.js`). It inherits stderr and none of our environment, where secrets may be. */
export function startInference(
  entry: string,
  args: readonly string[],
  listeners: ChildListeners,
): InferenceChild {
  const child = fork(entry, [...args], {
    env: {},
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', (message) => listeners.onMessage(message as InferenceMessage));
  onceEnded(child, listeners.onExit);
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

function onceEnded(child: ChildProcess, ended: () => void): void {
  let isEnded = false;
  const once = () => {
    if (isEnded) return;
    isEnded = true;
    ended();
  };
  child.on('exit', once);
  child.on('error', () => {
    if (child.pid === undefined) once();
  });
}
