import { setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { type ValueRun, valueText } from '../../journey/pack/index.ts';

/** What a thread answers: the JSON, or why there is none. */
export type Written = { bytes: Uint8Array } | { error: string };

/** The life of a thread that writes values: one run after the other, each answered in turn. */
export function serveValues(port: MessagePort): void {
  standBack();
  port.on('message', (run: ValueRun) => {
    try {
      const text = valueText(run);
      const bytes = Buffer.allocUnsafeSlow(run.type === 'string' ? Buffer.byteLength(text) : text.length);
      bytes.write(text, run.type === 'string' ? 'utf8' : 'latin1');
      const written: Written = { bytes };
      port.postMessage(written, [bytes.buffer]);
    } catch (error) {
      const written: Written = { error: error instanceof Error ? error.message : String(error) };
      port.postMessage(written);
    }
  });
}

/** How much nicer than the thread that answers: enough for it to have a core when it needs one. */
const NICENESS = 10;

/**
 * The thread that answers shall have a core before those that write. On Linux a priority is of a thread; elsewhere it would be the
 * process's, which is left alone.
 */
function standBack(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, NICENESS);
  } catch {
    // Where that is not allowed, all are equal.
  }
}
