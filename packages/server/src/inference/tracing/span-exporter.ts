import { otlpBody } from './otlp.ts';
import type { Span, SpanSink } from './tracer.ts';

const MOST_WAITING = 4096;
const BATCH = 512;
const EVERY_MS = 2_000;
const TIMEOUT_MS = 10_000;

/**
 * Sends spans to a collector, in batches, one at a time. A batch that the collector does not take is dropped and
 * counted: traces are not worth holding predictions up, nor memory.
 *
 * @param endpoint the collector's address; `/v1/traces` is added unless it is there
 */
export function spanExporter(endpoint: string): SpanSink {
  const url = /\/v1\/traces\/?$/.test(endpoint) ? endpoint : `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const waiting: Span[] = [];
  let exported = 0;
  let dropped = 0;
  let sending: Promise<void> | undefined;
  const timer = setInterval(send, EVERY_MS).unref();

  function send(): Promise<void> {
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
    return sending;
  }

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      if (await isTaken(url, batch)) exported += batch.length;
      else dropped += batch.length;
    }
  }

  return {
    append(span) {
      if (waiting.length >= MOST_WAITING) {
        dropped++;
        return;
      }
      waiting.push(span);
      if (waiting.length >= BATCH) void send();
    },
    stats: () => ({ exported, dropped }),
    async close() {
      clearInterval(timer);
      await send();
    },
  };
}

async function isTaken(url: string, batch: readonly Span[]): Promise<boolean> {
  try {
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(url, {
      method: 'POST',
      headers,
      body: otlpBody(batch),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await reply.arrayBuffer();
    return reply.ok;
  } catch {
    return false;
  }
}
