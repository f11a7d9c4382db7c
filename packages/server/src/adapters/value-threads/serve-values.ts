import type { MessagePort } from 'node:worker_threads';
import { type ValueRun, valueText } from '../../stages/pack/index.ts';
import { lowerPriority } from '../processes/lower-priority.ts';

/** What a thread answers: the JSON, or why there is none. */
export type Written = { bytes: Uint8Array } | { error: string };

/** The thread that answers has a core before those that write. */
const NICENESS = 10;

/** The life of a thread that writes values: one run after the other, each answered in turn. */
export function serveValues(port: MessagePort): void {
  // On Linux a priority is of a thread; elsewhere it would be the process's, which is left alone.
  if (process.platform === 'linux') lowerPriority(0, NICENESS);
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
