import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { fail } from '@slipway/contract';
import type { SecureFront } from '../../inference/index.ts';
import { CIPHERS } from './ciphers.ts';
import { type CertificateFiles, type CertificatePair, readCertificate } from './read-certificate.ts';

export type TlsFrontOptions = {
  files: CertificateFiles;
  /** Told of a renewed certificate that is none; the former one stays. */
  onBroken: (failure: unknown) => void;
  /** How often the files are looked at. */
  lookEveryMs?: number;
};

const LOOK_EVERY_MS = 60_000;
/** A client that opens a connection has so long to agree on its keys. */
const HANDSHAKE_MS = 10_000;
const BACKLOG = 1024;

/** Reads the certificate and makes the front that serves by it. Throws `tls.invalid`. */
export async function createTlsFront(options: TlsFrontOptions): Promise<SecureFront> {
  const pair = await readCertificate(options.files);
  return async (http, { host, port }) => {
    const front = frontOf(http, pair);
    const stopLooking = followRenewals(front, options);
    try {
      front.listen({ host, port, backlog: BACKLOG });
      await once(front, 'listening');
    } catch (error) {
      stopLooking();
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE') throw fail('listen.in-use', { port }, { cause: error });
      throw fail('listen.impossible', { host, port, reason: message }, { cause: error });
    }
    const address = front.address();
    return {
      port: typeof address === 'object' && address !== null ? address.port : port,
      close() {
        stopLooking();
        front.close();
      },
    };
  };
}

function frontOf(http: HttpServer, pair: CertificatePair): Server {
  const options: TlsOptions = {
    ...contextOf(pair),
    handshakeTimeout: HANDSHAKE_MS,
    ALPNProtocols: ['http/1.1'],
  };
  const front = createServer(options, (socket) => {
    socket.setNoDelay(true);
    http.emit('connection', socket);
  });
  // A client that speaks no TLS, or left in the middle: nobody to tell.
  front.on('tlsClientError', (_error, socket) => socket.destroy());
  if (http.maxConnections !== undefined) front.maxConnections = http.maxConnections;
  return front;
}

function contextOf({ certificate, key }: CertificatePair) {
  return { cert: certificate, key, minVersion: 'TLSv1.2' as const, ciphers: CIPHERS };
}

/** Takes files that changed into use for connections to come. Returns what ends that. */
function followRenewals(
  front: Server,
  { files, onBroken, lookEveryMs = LOOK_EVERY_MS }: TlsFrontOptions,
): () => void {
  let known: Promise<string> = changedAt(files);
  const look = async () => {
    const before = await known;
    known = changedAt(files);
    if ((await known) === before) return;
    front.setSecureContext(contextOf(await readCertificate(files)));
  };
  const timer = setInterval(() => void look().catch(onBroken), lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Differs when one of the files was written anew, or is not there. */
async function changedAt({ certificate, key }: CertificateFiles): Promise<string> {
  const times = [certificate, key].map((path) =>
    stat(path).then(
      ({ mtimeMs, ino }) => `${mtimeMs} ${ino}`,
      () => '-',
    ),
  );
  return (await Promise.all(times)).join(' ');
}
