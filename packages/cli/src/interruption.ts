import { say } from './output.ts';

/** What a person may do while a command works: Ctrl-C, SIGTERM, or closing the terminal. */
export type Interruption = {
  /** Aborts at the first; the command then ends in order. A second one ends it at once. */
  signal: AbortSignal;
  /**
   * Asked at Ctrl-C before anything is aborted: when it returns true, it has taken that one for something milder.
   * Undefined asks nobody.
   */
  milder: (() => boolean) | undefined;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const EXIT_STOPPED = 130;

const endAtOnce = (_: NodeJS.Signals): void => {
  say('\nStopped.');
  process.exit(EXIT_STOPPED);
};
let onSignal = endAtOnce;

/** From the start of the program: a signal says so in a line, and ends it at once while no command listens for it. */
export function tellSignals(): void {
  for (const name of SIGNALS) process.on(name, (signal) => onSignal(signal));
}

/** Listens for one command. Whoever waits must see `signal`, since the process no longer ends by itself. */
export function interruption(): Interruption {
  const controller = new AbortController();
  const interrupted: Interruption = { signal: controller.signal, milder: undefined };
  onSignal = (name) => {
    if (controller.signal.aborted) process.exit(EXIT_STOPPED);
    if (name === 'SIGINT' && interrupted.milder?.()) return;
    say('\nStopping … (press Ctrl-C again to stop at once)');
    controller.abort(new DOMException('Stopped.', 'AbortError'));
  };
  return interrupted;
}

/** What was waited for is over: a signal ends the program at once again. */
export function forgetInterruption(): void {
  onSignal = endAtOnce;
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
