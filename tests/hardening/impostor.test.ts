import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cleanUp, PENGUINS, type Platform, startPlatform } from '../lifecycle/slipway.ts';

afterAll(cleanUp);

const FREE_PORTS = ['--port', '0', '--inference-port', '0'];
/** Reads, writes, uploads, printed links. */
const COMMANDS = [
  ['status'],
  ['open'],
  ['keys', 'list'],
  ['endpoints', 'list'],
  ['data', 'add', PENGUINS],
  ['monitor', 'shop'],
  ['keys', 'add', 'ci', '--role', 'owner'],
];

/** Beside other tests, on a machine with little to spare. */
vi.setConfig({ testTimeout: 600_000 });
const ENVIRONMENTS: Record<string, string>[] = [{}, { SLIPWAY_TOKEN: 'slip_of-the-environment' }];

type Impostor = { seen: string[]; port: number };

/** Takes a port, records whatever it is sent, and answers as a server that wants the key would. */
async function impostorAt(port: number, answer: (url: string) => Promise<string>): Promise<Impostor> {
  const seen: string[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push(`${request.url}\n${request.rawHeaders.join('\n')}\n${Buffer.concat(chunks)}`);
    response.setHeader('content-type', 'application/json');
    response.end(await answer(request.url!));
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return { seen, port: (server.address() as { port: number }).port };
}

const pretends = async () =>
  JSON.stringify({ ok: true, product: 'slipway', version: '0.1.0', proof: '0'.repeat(64), keys: [] });

async function killed(platform: Platform): Promise<void> {
  const ended = platform.gone();
  process.kill(platform.pid, 'SIGKILL');
  await ended;
}

describe('another program on the port of a server that was killed', () => {
  it('is sent neither the owner key nor a key of the environment, by any command', async () => {
    const platform = await startPlatform();
    await killed(platform);
    const { seen } = await impostorAt(Number(new URL(platform.url).port), pretends);
    for (const args of COMMANDS)
      for (const env of ENVIRONMENTS) {
        const { code, stderr } = await platform.run(args, { env });
        expect(code, args.join(' ')).toBe(7);
        expect(stderr).toContain(platform.url);
        expect(stderr).toContain(`process ${platform.pid}`);
        expect(stderr).toContain('slipway up');
      }
    const own = await platform.run(['status', '--server', platform.url]);
    expect(own.code).toBe(7);
    expect(seen.length).toBeGreaterThan(2 * COMMANDS.length);
    expect(seen.join('\n')).not.toContain(platform.ownerKey);
    expect(seen.join('\n')).not.toContain('slip_of-the-environment');
    expect(seen.join('\n').toLowerCase()).not.toContain('authorization');
  });

  it('does not keep slipway up from starting on another port, whose server is then used', async () => {
    const platform = await startPlatform();
    await killed(platform);
    const { seen } = await impostorAt(Number(new URL(platform.url).port), pretends);
    const next = await startPlatform({ folder: platform.folder });
    expect(next.url).not.toBe(platform.url);
    await next.answer(['status']);
    await next.stop();
    expect(seen.join('\n')).not.toContain(platform.ownerKey);
  });
});

it('a program that passes the challenge on to the true server is sent no key', async () => {
  const platform = await startPlatform();
  const relay = await impostorAt(0, async (url) => (await fetch(new URL(url, platform.url))).text());
  const file = join(platform.folder, 'server.json');
  const announced = await readFile(file, 'utf8');
  await writeFile(file, announced.replaceAll(platform.url, `http://127.0.0.1:${relay.port}`));
  const { code, stderr } = await platform.run(['status']);
  expect(code).toBe(7);
  expect(stderr).toContain('does not prove');
  expect(relay.seen).toHaveLength(1);
  expect(relay.seen[0]).not.toContain(platform.ownerKey);
  await writeFile(file, announced);
  await platform.answer(['status']);
  await platform.stop();
});

it('a command that waits for the server while it is killed sends the impostor nothing', async () => {
  const platform = await startPlatform();
  const shipping = platform.start([
    'train',
    PENGUINS,
    '--target',
    'Species',
    '--budget',
    '60s',
    ...FREE_PORTS,
  ]);
  await shipping.says(/prepare|train/i);
  await killed(platform);
  const { seen } = await impostorAt(Number(new URL(platform.url).port), pretends);
  expect((await shipping.finished).code).toBe(7);
  expect(seen.join('\n')).not.toContain(platform.ownerKey);
});
