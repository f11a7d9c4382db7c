import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, expectProblem } from './requests.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';

const MOST_PER_ADDRESS = 20;

let server: ServerUnderTest;
let key: string;

beforeAll(async () => {
  const set = [
    'http.headersTimeoutMs=1500',
    'http.bodyTimeoutMs=2000',
    `http.maxConnectionsPerAddress=${MOST_PER_ADDRESS}`,
    'http.rateLimitPerSecond=1',
    'http.rateLimitBurst=30',
    'http.maxRequestsPerKey=3',
    'http.failedKeysBeforeLockout=5',
  ];
  server = await startServer({ folder: await newFolder(), set });
  key = (await server.client.call['keys.create']({ body: { name: 'limited', role: 'viewer' } })).secret;
}, 240_000);
afterAll(cleanUp);

function client(): { socket: Socket; closed: Promise<void>; text: () => string } {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port) });
  let text = '';
  // An error, as of a write to a connection that was cut, comes before.
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => {}).on('data', (chunk) => (text += chunk.toString('latin1')));
  return { socket, closed, text: () => text };
}

const head = (lines: string[]) =>
  `${['POST /api/v1/keys HTTP/1.1', 'host: localhost', ...lines].join('\r\n')}\r\n\r\n`;
const health = () => ask(`${server.url}/api/v1/health`);

describe('a slow client', () => {
  it('that says nothing, or half a header, is hung up on', async () => {
    const [silent, half] = [client(), client()];
    half.socket.write('GET /api/v1/health HTTP/1.1\r\nhost: loc');
    await Promise.all([silent.closed, half.closed]);
    expect((await health()).status).toBe(200);
  });

  it('that stops in a body is told so and hung up on', async () => {
    const stopping = client();
    stopping.socket.write(
      `${head([`authorization: Bearer ${server.ownerKey}`, 'content-type: application/json', 'content-length: 100'])}{"na`,
    );
    await stopping.closed;
    expect(stopping.text()).toMatch(/^HTTP\/1.1 400 .*request\.too-slow/s);
  });

  it('of which there are many from one address leaves room for no more of them', async () => {
    const many = Array.from({ length: MOST_PER_ADDRESS + 5 }, client);
    const closedAtOnce = await Promise.all(
      many.map(({ closed }, i) => (i < MOST_PER_ADDRESS ? undefined : closed.then(() => i))),
    );
    expect(closedAtOnce.filter((i) => i !== undefined)).toHaveLength(5);
    await Promise.all(many.map(({ closed }) => closed));
    expect((await health()).status).toBe(200);
  });
});

describe('a body that goes on after its refusal', () => {
  it('is not read to its end, and the answer comes first', async () => {
    const { socket, closed, text } = client();
    let isOpen = true;
    void closed.then(() => {
      isOpen = false;
    });
    socket.write(head(['content-type: application/json', `content-length: ${1e12}`]));
    const chunk = Buffer.alloc(65_536, 0x20);
    let sent = 0;
    while (isOpen && sent < 1e9) {
      const canGoOn = await Promise.race([
        new Promise<boolean>((resolve) => socket.write(chunk, (error) => resolve(!error))),
        closed.then(() => false),
      ]);
      if (!canGoOn) break;
      sent += chunk.length;
    }
    await closed;
    expect(text()).toMatch(/^HTTP\/1.1 401 .*access\.unauthenticated/s);
    // What the buffers of both ends take is on its way already.
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('a key', () => {
  const status = (token: string) => ask(`${server.url}/api/v1/status`, { token });

  it('has so many requests at once, those that wait for news too', async () => {
    const waiting = Array.from({ length: 6 }, () =>
      ask(`${server.url}/api/v1/events?after=1000000&wait=2`, { token: key }),
    );
    const answers = await Promise.all(waiting);
    const refused = answers.filter(({ status: is }) => is === 429);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const answer of refused) {
      expectProblem(answer, 429, 'request.too-many-at-once');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    expect((await status(key)).status).toBe(200);
  });

  it('that asks on and on is told to wait; another is not concerned', async () => {
    let last = await status(key);
    for (let i = 0; i < 300 && last.status === 200; i++) last = await status(key);
    expectProblem(last, 429, 'request.rate-limited');
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await status(server.ownerKey)).status).toBe(200);
  });

  it('that is wrong makes its address wait, but not a key that worked before', async () => {
    let last = await status('slw_wrong');
    for (let i = 0; i < 50 && last.status === 401; i++) last = await status(`slw_wrong_${i}`);
    expectProblem(last, 429, 'access.locked-out');
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await status(server.ownerKey)).status).toBe(200);
    expect((await ask(`${server.url}/api/v1/health`)).status).toBe(200);
  });
});
