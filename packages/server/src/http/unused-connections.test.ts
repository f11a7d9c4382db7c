import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { unusedConnections } from './unused-connections.ts';

it('a server closes although a client keeps a connection that it never used', async () => {
  const server = createServer();
  const cut = unusedConnections(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(server, 'connection');

  const gone = once(client, 'close');
  const closed = new Promise((resolve) => server.close(resolve));
  cut();
  expect(await closed).toBeUndefined();
  expect(await gone).toEqual([false]);
});
