import type { Writable } from 'node:stream';
import { lineWriter, type PredictionLog } from '../../stages/serve/index.ts';

const MIB = 1024 * 1024;

/**
 * The prediction log as lines of JSON on an output that something else collects, such as the log driver of a container:
 * the record of a segment file, with `"log":"prediction"` and the endpoint's name before it. What the output has not taken
 * is held up to `maxPendingBytes`; more is dropped and counted. `written` counts what the output took: whether it is kept is
 * for whoever collects it.
 */
export function outputPredictionLog(output: Writable, { maxPendingBytes = 16 * MIB } = {}): PredictionLog {
  const writeLine = lineWriter();
  const stats = { written: 0, dropped: 0, pending: 0 };
  let closed = false;
  let settled: (() => void) | undefined;

  function onDone(records: number, error: Error | null | undefined): void {
    stats.pending -= records;
    stats[error ? 'dropped' : 'written'] += records;
    if (stats.pending === 0) settled?.();
  }
  // Without a listener an output that was closed would end the process.
  output.on('error', () => {});

  return {
    append(endpoint, batch) {
      const records = batch.ids.length;
      if (closed || !output.writable || output.writableLength >= maxPendingBytes) {
        stats.dropped += records;
        return;
      }
      const begin = `{"log":"prediction","endpoint":${JSON.stringify(endpoint)},`;
      let text = '';
      for (let i = 0; i < records; i++) text += begin + writeLine(batch, i).slice(1);
      stats.pending += records;
      output.write(text, (error) => onDone(records, error));
    },
    stats: () => ({ ...stats }),
    async close() {
      closed = true;
      if (stats.pending === 0) return;
      await new Promise<void>((resolve) => {
        settled = resolve;
      });
    },
  };
}
