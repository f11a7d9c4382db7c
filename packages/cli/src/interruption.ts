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

/** Listens for one command. Whoever waits must see `signal`, since the process no longer ends by itself. */
export function interruption(): Interruption {
  const controller = new AbortController();
  const interrupted: Interruption = { signal: controller.signal, milder: undefined };
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(EXIT_STOPPED);
    if (name === 'SIGINT' && interrupted.milder?.()) return;
    controller.abort(new DOMException('Stopped.', 'AbortError'));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return interrupted;
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
