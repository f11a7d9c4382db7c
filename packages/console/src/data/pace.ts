const LIVE_MS = 1_000;
const CALM_MS = 15_000;

/** How soon to ask again: each second while something runs, otherwise four times a minute. */
export function livelyWhile(running: boolean): number {
  return running ? LIVE_MS : CALM_MS;
}
