/** What a person may do while a command works: Ctrl-C, SIGTERM, or closing the terminal. */
export type Interruption = {
  /** Aborts at the first; the command then ends in order. A second one ends it at once. */
  signal: AbortSignal;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const EXIT_STOPPED = 130;

/** Listens for one command. Whoever waits must see `signal`, since the process no longer ends by itself. */
export function interruption(): Interruption {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT_STOPPED);
    controller.abort(new DOMException('Stopped.', 'AbortError'));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal };
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
