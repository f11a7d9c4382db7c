// Preloaded into a server under test: writes down how much CPU time the thread of the event loop took, in milliseconds, between two turns
// of it (of all threads, which collect garbage beside it, where the system does not tell them apart), where that is more than 50. Work that gives others turns is counted in its pieces, and a busy machine adds nothing.
const { appendFileSync, existsSync, readFileSync } = require('node:fs');

const MOST_QUIET_MS = 50;

/** Of the main thread: nanoseconds on a processor come first. */
const SCHEDULED = `/proc/self/task/${process.pid}/schedstat`;
const hasThreadTime = existsSync(SCHEDULED);

function usedMs() {
  if (hasThreadTime) return Number(readFileSync(SCHEDULED, 'utf8').split(' ')[0]) / 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// The workers and the data plane inherit what is preloaded.
if (process.argv[1]?.endsWith('control.js')) {
  let before = usedMs();
  setInterval(() => {
    const now = usedMs();
    if (now - before > MOST_QUIET_MS)
      appendFileSync(process.env['LOOP_WATCH'] ?? '', `${Math.round(now - before)}\n`);
    before = usedMs();
  }, 1).unref();
}
