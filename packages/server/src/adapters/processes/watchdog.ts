import { type Activity, activityOf } from './process-activity.ts';

export type WatchdogOptions = {
  /** Asks the process for a sign of life, which `answered` is told of. */
  ask(): void;
  /** What the process does; undefined where the system does not say. */
  activity?(): Activity | undefined;
  /** Called once, with the reason, when the process is to be replaced. */
  onStuck(reason: string): void;
};

export type Watchdog = {
  answered(): void;
  stop(): void;
};

/** How often it is looked. A process is asked again only after it answered. */
const LOOK_EVERY_MS = 1_000;
/** Looks in a row without an answer after which a stopped process (SIGSTOP) is replaced. */
const LOOKS_STOPPED = 4;
/** Processor time of its main thread after which one that spins is replaced: one that waits for a core uses none, and is slow, not stuck. */
const SPINNING_MS = 7_000;
/** Looks after which one is replaced that does neither, such as one that waits for a disk that is gone, or whatever it does where the system does not say. */
const LOOKS_SILENT = 60;

/**
 * Notices a process whose event loop has stood still: stopped, spinning, or waiting for ever. Time is counted in looks of this process
 * and in processor time of the other, so that neither a machine at work on something else nor one that slept makes it look stuck.
 */
export function watchdog(
  pid: number,
  { ask, activity = () => activityOf(pid), onStuck }: WatchdogOptions,
): Watchdog {
  let silentLooks = 0;
  let isAsked = false;
  let before: Activity | undefined;
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();

  function look(): void {
    if (!isAsked) {
      isAsked = true;
      silentLooks = 0;
      before = activity();
      ask();
      return;
    }
    silentLooks++;
    const reason = whyStuck();
    if (reason === undefined) return;
    clearInterval(timer);
    onStuck(reason);
  }

  function whyStuck(): string | undefined {
    const now = activity();
    if (now?.isStopped === true && silentLooks >= LOOKS_STOPPED) return 'it is stopped (SIGSTOP)';
    const cpuMs = now === undefined || before === undefined ? 0 : now.cpuMs - before.cpuMs;
    if (cpuMs >= SPINNING_MS)
      return `its main thread has computed for ${Math.round(cpuMs / 1000)} s without answering`;
    return silentLooks >= LOOKS_SILENT ? `it has not answered for ${silentLooks} s` : undefined;
  }

  return {
    answered() {
      isAsked = false;
    },
    stop: () => clearInterval(timer),
  };
}
