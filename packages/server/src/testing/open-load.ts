import { Agent, request } from 'node:http';

/** What came of one request: status 0 when there was no answer. */
export type Shot = { sentAt: number; status: number; ms: number; version: string; body: Buffer };

export type LoadTarget = {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
};

/** Connections that a load may hold; requests beyond them wait for one, and that counts as their time. */
const MOST_CONNECTIONS = 256;

/** Sends at a steady rate for so long, whether or not earlier requests were answered; resolves when all are. */
export async function openLoad(
  target: LoadTarget,
  requestsASecond: number,
  seconds: number,
): Promise<Shot[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS });
  const shots: Promise<Shot>[] = [];
  const startedAt = performance.now();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = (performance.now() - startedAt) / 1000;
      const due = Math.min(elapsed, seconds) * requestsASecond;
      while (shots.length < due) shots.push(shoot(agent, target));
      if (elapsed < seconds) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  const all = await Promise.all(shots);
  agent.destroy();
  return all;
}

/** So many callers, each sending as soon as it was answered, for so long. */
export async function closedLoad(target: LoadTarget, callers: number, seconds: number): Promise<Shot[]> {
  const agent = new Agent({ keepAlive: true });
  const until = performance.now() + seconds * 1000;
  const shots: Shot[] = [];
  const call = async () => {
    while (performance.now() < until) shots.push(await shoot(agent, target));
  };
  await Promise.all(Array.from({ length: callers }, call));
  agent.destroy();
  return shots;
}

/** The time that a share of the requests stayed within, in milliseconds. */
export function latency(shots: readonly Shot[], share: number): number {
  const sorted = shots.map(({ ms }) => ms).sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
}

function shoot(agent: Agent, { url, headers, body }: LoadTarget): Promise<Shot> {
  const sentAt = performance.now();
  return new Promise((resolve) => {
    const end = (status: number, version = '', answer = Buffer.alloc(0)) =>
      resolve({ sentAt, status, ms: performance.now() - sentAt, version, body: answer });
    const all = { ...headers, 'content-length': String(body.length) };
    const sent = request(url, { method: 'POST', agent, headers: all }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => end(0));
      response.on('end', () => {
        const version = String(response.headers['x-slipway-model-version'] ?? '');
        end(response.statusCode ?? 0, version, Buffer.concat(chunks));
      });
    });
    sent.on('error', () => end(0));
    sent.end(body);
  });
}
