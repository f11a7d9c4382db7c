import { fail } from '@slipway/contract';
import { authenticate } from '../access/index.ts';
import { createTlsFront } from '../adapters/tls/index.ts';
import { type App, buildHttpServer, handlersOf, isLoopback } from '../http/index.ts';
import { newId } from '../kernel/index.ts';
import { publicHosts, urlOf } from './addresses.ts';
import type { RunningAuditLog } from './audit-log.ts';
import type { Config } from './config.ts';
import { INSTALLATION } from './installation.ts';
import type { InternalErrors } from './internal-errors.ts';
import type { Log } from './log.ts';

/** Throws `config.invalid`. */
export function tlsOf({ tlsCertificate: certificate, tlsKey: key }: Config['http']) {
  if ((certificate === '') !== (key === ''))
    throw fail('config.invalid', { reason: 'http.tlsCertificate and http.tlsKey go together' });
  return certificate === '' ? undefined : { certificate, key };
}

/** Keys would travel in the clear. Throws `listen.insecure`. */
export function refuseOpenListening({ http }: Config): void {
  const hasTls = tlsOf(http) !== undefined;
  if (!isLoopback(http.host) && !http.insecure && !hasTls) throw fail('listen.insecure', { host: http.host });
}

const LOOPBACK = '127.0.0.1';

/** The control plane answers at its address from here on. Throws `listen.in-use` and `listen.impossible`. */
export async function listen(
  { http }: Config,
  app: App,
  {
    log,
    errors,
    noteDenial,
  }: { log: Log; errors: InternalErrors; noteDenial: RunningAuditLog['noteDenial'] },
): Promise<{ url: string; localUrl: string; close: () => Promise<void> }> {
  const tls = tlsOf(http);
  const secureFront =
    tls && (await createTlsFront({ files: tls, onBroken: (failure) => log.error(failure) }));
  const server = await buildHttpServer({
    handlers: handlersOf(app),
    authenticate: async (bearer) => {
      const { keyId, name, permissions } = await authenticate(app.database.stores.keys, bearer);
      return { id: keyId, name, permissions };
    },
    logFailure: ({ requestId, operation, cause }) => errors.report(cause, { requestId, operation }),
    noteDenial,
    newRequestId: () => newId('req'),
    version: INSTALLATION.version,
    host: http.host,
    allowedHosts: [...http.allowedHosts, ...publicHosts(http)],
    limits: http,
    openWork: {
      isOpen: async (kind, id) => {
        const { jobs, pipelineRuns } = app.database.stores;
        const { state } = await (kind === 'job' ? jobs.get(id) : pipelineRuns.get(id));
        return state === 'queued' || state === 'running';
      },
    },
    consoleFolder: INSTALLATION.console,
    isSecure: tls !== undefined || http.publicUrl.startsWith('https:'),
  });
  const { host } = http;
  const [localHost, port] = tls ? [LOOPBACK, 0] : [host, http.port];
  await server.listen({ host: localHost, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw fail('listen.in-use', { port });
    throw fail('listen.impossible', { host, port, reason: error.message }, { cause: error });
  });
  const address = server.server.address();
  const localUrl = urlOf(localHost, typeof address === 'object' && address !== null ? address.port : port);
  const front = await secureFront?.(server.server, { host, port: http.port }).catch(async (failure) => {
    await server.close();
    throw failure;
  });
  const url = front === undefined ? localUrl : urlOf(host, front.port, 'https');
  const close = () => {
    front?.close();
    return server.close();
  };
  return { url, localUrl, close };
}
