import type {
  Metadata,
  Server,
  ServerCredentials,
  ServerDuplexStream,
  ServiceDefinition,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import { fail } from '@slipway/contract';
import type {
  GrpcAnswer,
  GrpcLimits,
  GrpcMethod,
  GrpcPeer,
  GrpcRefusal,
  GrpcTransport,
} from '../../inference/index.ts';
import { type MessageGate, oneMessageAtATime } from './one-message-at-a-time.ts';

type Grpc = typeof import('@grpc/grpc-js');
/** What every call needs. */
type Site = Pick<GrpcLimits, 'onError' | 'answerMs'> & {
  gateOf: (metadata: Metadata) => MessageGate | undefined;
};

/** Streams that one connection may have open at once. */
const MOST_STREAMS = 256;

/** Carries TLS, when it is given: PEM texts. */
type Certificate = { certificate: string; key: string };

/** gRPC over HTTP/2, in the clear without a certificate, by @grpc/grpc-js, which is loaded only when it is to listen. */
export function createGrpcTransport(
  methods: readonly GrpcMethod[],
  limits: GrpcLimits,
  certificate?: Certificate,
): GrpcTransport {
  let server: Server | undefined;
  let cutAll = (): void => {};
  return {
    async listen(host, port) {
      const grpc = await import('@grpc/grpc-js');
      // What it has to say is thrown as well; its own lines on stderr are no JSON.
      grpc.setLogVerbosity(grpc.logVerbosity.NONE);
      const messages = oneMessageAtATime(grpc, limits);
      ({ cutAll } = messages);
      server = new grpc.Server({
        'grpc.max_receive_message_length': limits.maxMessageBytes,
        'grpc.max_send_message_length': -1,
        'grpc.max_concurrent_streams': MOST_STREAMS,
        'grpc.max_connection_idle_ms': limits.idleMs,
        'grpc.so_reuseport': 0,
        'grpc.enable_channelz': 0,
        interceptors: [messages.interceptor],
      });
      addServices(server, grpc, methods, { ...limits, gateOf: messages.gateOf });
      return bind(server, credentialsOf(grpc, certificate), { host, port });
    },
    async drain(deadlineMs) {
      if (server !== undefined) await shutDown(server, deadlineMs, cutAll);
    },
  };
}

function addServices(server: Server, grpc: Grpc, methods: readonly GrpcMethod[], site: Site): void {
  const services = new Set(methods.map(serviceOf));
  for (const service of services) {
    const own = methods.filter((method) => serviceOf(method) === service);
    const named = own.map((method) => [method.path.slice(method.path.lastIndexOf('/') + 1), method] as const);
    const definition = named.map(([name, method]) => [name, definitionOf(method)]);
    const handlers = named.map(([name, method]) => [name, answerCalls(grpc, method, site)]);
    server.addService(Object.fromEntries(definition) as ServiceDefinition, Object.fromEntries(handlers));
  }
}

function serviceOf({ path }: GrpcMethod): string {
  return path.slice(1, path.indexOf('/', 1));
}

/**
 * Messages pass as bytes: what they mean is not the transport's to know. Every method is one of streams: so its handler has the
 * metadata before a message is read, and is told when its answer was; on the wire a call of one message is the same.
 */
function definitionOf({ path }: GrpcMethod) {
  const asBytes = (bytes: Buffer): Buffer => bytes;
  const whole = ([first, ...others]: readonly Buffer[]): Buffer =>
    first !== undefined && others.length === 0 ? first : Buffer.concat([first ?? Buffer.alloc(0), ...others]);
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: asBytes,
    requestDeserialize: asBytes,
    responseSerialize: whole,
    responseDeserialize: asBytes,
  };
}

/** What a caller is told of an error of ours. */
const FAULT = fail('internal').message;

type ServerCall = ServerDuplexStream<Buffer, readonly Uint8Array[]>;

/**
 * Reads the next message only when the last is answered and its answer was read. The iterator must not destroy the call at the end of the
 * messages, which is where its status is still to be sent.
 */
function answerCalls(grpc: Grpc, method: GrpcMethod, site: Site): UntypedHandleCall {
  return async (call: ServerCall): Promise<void> => {
    try {
      const entry = method.begin(peerOf(call));
      if ('status' in entry) refuse(grpc, call, entry);
      else await answerMessages(grpc, { call, method, received: once(entry.received) }, site);
    } catch (error) {
      // The caller went away in the middle, or the transport has told them: there is nobody to tell.
      if (call.cancelled || isStatus(error)) {
        call.destroy();
        return;
      }
      site.onError(error);
      call.emit('error', { code: grpc.status.INTERNAL, details: FAULT });
    }
  };
}

type Answering = { call: ServerCall; method: GrpcMethod; received: () => void };

async function answerMessages(grpc: Grpc, { call, method, received }: Answering, site: Site): Promise<void> {
  const { path, isStream, answer } = method;
  call.once('cancelled', received);
  let answered = 0;
  for await (const message of call.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    received();
    const result = await answer(message, peerOf(call));
    if (!('message' in result)) {
      refuse(grpc, call, result);
      return;
    }
    try {
      if (!isStream) call.sendMetadata(metadataOf(grpc, result));
      await send(call, result.message, site);
    } finally {
      result.sent?.();
    }
    answered++;
    if (!isStream) break;
    site.gateOf(call.metadata)?.next();
  }
  if (answered > 0 || isStream) call.end();
  else call.emit('error', { code: grpc.status.UNIMPLEMENTED, details: `${path} takes a message` });
}

function refuse(grpc: Grpc, call: ServerCall, refusal: GrpcRefusal): void {
  const { status: code, says: details } = refusal;
  call.emit('error', { code, details, metadata: metadataOf(grpc, refusal) });
}

/** Resolves when the message was read, or nobody is there to read it: then the call is cut. */
function send(call: ServerCall, message: readonly Uint8Array[], { answerMs, gateOf }: Site): Promise<void> {
  if (call.cancelled) return Promise.resolve();
  return new Promise((resolve) => {
    const patience = setTimeout(() => gateOf(call.metadata)?.cut(), answerMs);
    function done(): void {
      clearTimeout(patience);
      call.off('cancelled', done);
      resolve();
    }
    call.once('cancelled', done);
    call.write(message, done);
  });
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

function isStatus(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

function peerOf(call: ServerCall): GrpcPeer {
  const deadline = Number(call.getDeadline());
  return {
    header: (name) => call.metadata.get(name)[0]?.toString(),
    deadlineAt: Number.isFinite(deadline) ? deadline : undefined,
  };
}

function metadataOf({ Metadata: New }: Grpc, { headers }: Pick<GrpcAnswer, 'headers'>): Metadata {
  const metadata = new New();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

function credentialsOf({ ServerCredentials }: Grpc, certificate?: Certificate): ServerCredentials {
  if (certificate === undefined) return ServerCredentials.createInsecure();
  const pair = {
    cert_chain: Buffer.from(certificate.certificate),
    private_key: Buffer.from(certificate.key),
  };
  return ServerCredentials.createSsl(null, [pair]);
}

function bind(
  server: Server,
  credentials: ServerCredentials,
  { host, port }: { host: string; port: number },
): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else if (/EADDRINUSE/.test(error.message)) reject(fail('listen.in-use', { port }, { cause: error }));
      else reject(fail('listen.impossible', { host, port, reason: error.message }, { cause: error }));
    });
  });
}

/** Streams that callers keep open would be waited for without end: the library only destroys connections that it counts. */
async function shutDown(server: Server, deadlineMs: number, cutAll: () => void): Promise<void> {
  let patience: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    patience = setTimeout(() => {
      cutAll();
      server.forceShutdown();
      resolve();
    }, deadlineMs);
    server.tryShutdown(() => resolve());
  });
  clearTimeout(patience);
}
