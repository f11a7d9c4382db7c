/** What a process of callers does until it is ended: one endpoint is called, again as soon as it answered. */
import { request } from 'node:http';
import { grpcCaller } from '../../packages/server/src/testing/grpc-infer.ts';

export type Order =
  | { by: 'http'; callers: number; url: string; headers: Record<string, string>; body: string }
  | { by: 'grpc'; callers: number; address: string; token: string; model: string; rows: number }
  /** Calls nothing; keeps a core busy. */
  | { by: 'nothing' };

/** One answer. */
export type Came = { ok: boolean; bytes: number; ms: number };

/** Writes one JSON line for each answer; never returns. */
export async function callForEver(order: Order): Promise<never> {
  if (order.by === 'nothing') for (;;) Math.sqrt(Math.random());
  await Promise.all(Array.from({ length: order.callers }, () => repeat(callOf(order))));
  throw new Error('callers end with their process');
}

async function repeat(call: () => Promise<Omit<Came, 'ms'>>): Promise<void> {
  for (;;) {
    const sentAt = performance.now();
    const came = await call();
    process.stdout.write(`${JSON.stringify({ ...came, ms: performance.now() - sentAt })}\n`);
  }
}

function callOf(order: Exclude<Order, { by: 'nothing' }>): () => Promise<Omit<Came, 'ms'>> {
  if (order.by === 'http') return () => callHttp(order);
  const caller = grpcCaller(order.address, order.token);
  return async () => {
    const { code, bytes } = await caller.infer(order.model, [order.rows, 1]);
    return { ok: code === 0, bytes };
  };
}

/** Counts the bytes of the answer and keeps none of them. */
function callHttp({ url, headers, body }: Extract<Order, { by: 'http' }>): Promise<Omit<Came, 'ms'>> {
  return new Promise((resolve) => {
    let bytes = 0;
    const sent = request(url, { method: 'POST', headers }, (response) => {
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('error', () => resolve({ ok: false, bytes }));
      response.on('end', () => resolve({ ok: response.statusCode === 200, bytes }));
    });
    sent.on('error', () => resolve({ ok: false, bytes }));
    sent.end(body);
  });
}
