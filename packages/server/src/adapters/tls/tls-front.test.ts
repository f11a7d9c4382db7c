import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as secureConnect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SecureListening } from '../../inference/index.ts';
import { TEST_CERTIFICATES } from '../../testing/test-certificates.ts';
import { readCertificate } from './read-certificate.ts';
import { createTlsFront } from './tls-front.ts';

const { first, renewed } = TEST_CERTIFICATES;

let folder: string;
let http: Server;
let listening: SecureListening | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-tls-'));
  http = createServer((asked, answer) => answer.end(`${asked.method} ${asked.url}`));
});
afterEach(async () => {
  listening?.close();
  http.closeAllConnections();
  await rm(folder, { recursive: true });
});

const files = () => ({ certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') });

async function write({ certificate, key }: { certificate: string; key: string }): Promise<void> {
  for (const [path, text] of [
    [files().certificate, certificate],
    [files().key, key],
  ] as const) {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }
}

/** By a client that trusts `ca` alone. */
function ask(port: number, ca: string): Promise<{ text: string; subject: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: '/a', ca, agent: false }, (answer) => {
      const { subject } = (answer.socket as TLSSocket).getPeerCertificate();
      answer.setEncoding('utf8').on('data', (text: string) => resolve({ text, subject: String(subject.CN) }));
    });
    call.on('error', reject).end();
  });
}

describe('a front with TLS', () => {
  it('hands the connection to the server behind it, which a client reaches who trusts the certificate', async () => {
    await write(first);
    const front = await createTlsFront({ files: files(), onBroken: () => {} });
    listening = await front(http, { host: '127.0.0.1', port: 0 });
    expect(await ask(listening.port, first.certificate)).toEqual({
      text: 'GET /a',
      subject: 'slipway test a',
    });
    await expect(ask(listening.port, renewed.certificate)).rejects.toThrow(/self-signed|verify/);
  });

  it.each([
    ['ECDHE-ECDSA-AES128-GCM-SHA256', true],
    ['ECDHE-ECDSA-CHACHA20-POLY1305', true],
    ['ECDHE-ECDSA-AES128-SHA', false],
    ['ECDHE-ECDSA-AES256-SHA384', false],
  ])('agrees with a client of TLS 1.2 that only knows %s: %s', async (ciphers, agrees) => {
    await write(first);
    const front = await createTlsFront({ files: files(), onBroken: () => {} });
    listening = await front(http, { host: '127.0.0.1', port: 0 });
    const { port } = listening;
    const outcome = await new Promise((resolve) => {
      const options = {
        host: '127.0.0.1',
        port,
        ca: first.certificate,
        ciphers,
        maxVersion: 'TLSv1.2' as const,
      };
      const socket = secureConnect(options, () => {
        resolve(socket.getCipher().name);
        socket.destroy();
      });
      socket.once('error', ({ message }) => resolve(message));
    });
    expect(outcome).toEqual(agrees ? ciphers : expect.stringMatching(/handshake failure/));
  });

  it('lives on when somebody speaks no TLS', async () => {
    await write(first);
    const front = await createTlsFront({ files: files(), onBroken: () => {} });
    listening = await front(http, { host: '127.0.0.1', port: 0 });
    const { port } = listening;
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
      socket.on('error', () => {}).on('close', () => resolve());
      socket.resume();
    });
    expect((await ask(port, first.certificate)).text).toBe('GET /a');
  });

  it('takes a renewed certificate into use, and stays with the former one when the new one is none', async () => {
    await write(first);
    const onBroken = vi.fn();
    const front = await createTlsFront({ files: files(), onBroken, lookEveryMs: 10 });
    listening = await front(http, { host: '127.0.0.1', port: 0 });
    const { port } = listening;
    await write({ certificate: 'none', key: 'none' });
    await vi.waitFor(
      () => expect(onBroken).toHaveBeenCalledWith(expect.objectContaining({ code: 'tls.invalid' })),
      30_000,
    );
    expect((await ask(port, first.certificate)).subject).toBe('slipway test a');
    await write(renewed);
    const subject = () => ask(port, renewed.certificate).then((answer) => answer.subject);
    await vi.waitFor(async () => expect(await subject()).toBe('slipway test b'), 30_000);
  });

  it('says that a port is taken', async () => {
    await write(first);
    const front = await createTlsFront({ files: files(), onBroken: () => {} });
    listening = await front(http, { host: '127.0.0.1', port: 0 });
    await expect(front(http, { host: '127.0.0.1', port: listening.port })).rejects.toMatchObject({
      code: 'listen.in-use',
    });
  });
});

describe('a certificate', () => {
  it.each([
    ['no PEM', { certificate: 'none', key: first.key }],
    ['another one’s key', { certificate: first.certificate, key: renewed.key }],
  ])('with %s is refused', async (_, pair) => {
    await write(pair);
    await expect(readCertificate(files())).rejects.toMatchObject({ code: 'tls.invalid' });
  });

  it('that is not there is refused by its path', async () => {
    await expect(readCertificate(files())).rejects.toThrow(files().certificate);
  });
});
