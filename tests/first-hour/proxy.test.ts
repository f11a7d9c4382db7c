import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ShipResult } from '@slipway/contract';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { cleanUp, newFolder, PENGUINS, ROOT, slipway, start } from '../lifecycle/slipway.ts';
import { CURRENT_NODE, CURRENT_VERSION } from './current-node.ts';

const MINUTES = 60_000;

afterAll(cleanUp, MINUTES);

/** A proxy that notes the first line of every request, and answers none. */
async function recordingProxy(): Promise<{ url: string; heard: string[] }> {
  const heard: string[] = [];
  const proxy = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      heard.push(bytes.toString('latin1').split('\r\n', 1)[0]!);
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    });
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  onTestFinished(() => void proxy.close());
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, heard };
}

/** As a user of the SDK writes it; one call more goes to a host that is not of this machine. */
const SCRIPT = `
  const [server, token, sdk, url, key] = process.argv.slice(1);
  const { createClient } = await import(sdk);
  const client = createClient({ server, token });
  const { endpoints } = await client.call['endpoints.list']();
  const { example } = await client.call['endpoints.get']({ params: { name: endpoints[0].name } });
  const { predictions } = await client.predict({ url, token: key }, example.rows);
  await fetch('http://elsewhere.invalid/').catch(() => {});
  console.log(JSON.stringify({ endpoints: endpoints.length, predictions: predictions.length }));
`;

it.skipIf(CURRENT_NODE === undefined)(
  `with NODE_USE_ENV_PROXY (${CURRENT_VERSION}) no call to this machine goes to the proxy: of commands, between the planes, of the SDK`,
  async () => {
    const { url, heard } = await recordingProxy();
    const folder = await newFolder();
    const env = {
      NODE_USE_ENV_PROXY: '1',
      ...{ HTTP_PROXY: url, http_proxy: url, HTTPS_PROXY: url, https_proxy: url },
      ...{ NO_PROXY: '', no_proxy: '' },
      SLIPWAY_DATA: folder,
    };
    const options = { env, node: CURRENT_NODE! };
    const up = start(['up', '--port', '0', '--inference-port', '0', '--json'], options);
    const ready = JSON.parse(await up.firstLine()) as { url: string };
    const ship = await slipway(
      ['ship', PENGUINS, '--target', 'Species', '--budget', '2s', '--json'],
      options,
    );
    expect(ship).toMatchObject({ code: 0 });
    const { endpoint } = JSON.parse(ship.stdout) as ShipResult;
    const rows = join(folder, '..', 'rows.json');
    await writeFile(
      rows,
      JSON.stringify((JSON.parse(await readFile(PENGUINS, 'utf8')) as unknown[]).slice(0, 5)),
    );
    for (const args of [
      ['predict', endpoint!.name, rows],
      ['data', 'list', '--server', ready.url],
      ['status', '--server', ready.url.replace('127.0.0.1', 'localhost')],
      ['doctor'],
    ])
      expect(await slipway(args, options), args.join(' ')).toMatchObject({ code: 0 });
    const token = (await readFile(join(folder, 'owner.key'), 'utf8')).trim();
    const sdk = join(ROOT, 'packages/sdk/dist/index.js');
    const asked = [ready.url, token, sdk, endpoint!.url, endpoint!.token!];
    const { stdout } = await promisify(execFile)(
      CURRENT_NODE!,
      ['--input-type=module', '--eval', SCRIPT, ...asked],
      { env: { ...process.env, ...env } },
    );
    expect(JSON.parse(stdout)).toMatchObject({ endpoints: 1 });
    up.signal('SIGTERM');
    expect(await up.finished).toMatchObject({ code: 0 });
    // The proxy was there to be used.
    expect(heard).toEqual([expect.stringContaining('elsewhere.invalid')]);
  },
  5 * MINUTES,
);
