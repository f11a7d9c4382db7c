import type {
  Metadata,
  Server,
  ServerCredentials,
  ServerDuplexStream,
  ServerUnaryCall,
  ServiceDefinition,
  sendUnaryData,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import { fail } from '@slipway/contract';
import type { GrpcAnswer, GrpcLimits, GrpcMethod, GrpcPeer, GrpcTransport } from '../../inference/index.ts';

type Grpc = typeof import('@grpc/grpc-js');
type OnError = GrpcLimits['onError'];

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
  return {
    async listen(host, port) {
      const grpc = await import('@grpc/grpc-js');
      // What it has to say is thrown as well; its own lines on stderr are no JSON.
      grpc.setLogVerbosity(grpc.logVerbosity.NONE);
      server = new grpc.Server({
        'grpc.max_receive_message_length': limits.maxMessageBytes,
        'grpc.max_send_message_length': -1,
        'grpc.max_concurrent_streams': MOST_STREAMS,
        'grpc.max_connection_idle_ms': limits.idleMs,
        'grpc.so_reuseport': 0,
        'grpc.enable_channelz': 0,
      });
      addServices(server, grpc, methods, limits.onError);
      return bind(server, credentialsOf(grpc, certificate), { host, port });
    },
    async drain(deadlineMs) {
      if (server !== undefined) await shutDown(server, deadlineMs);
    },
  };
}

function addServices(server: Server, grpc: Grpc, methods: readonly GrpcMethod[], onError: OnError): void {
  const services = new Set(methods.map(serviceOf));
  for (const service of services) {
    const own = methods.filter((method) => serviceOf(method) === service);
    const named = own.map((method) => [method.path.slice(method.path.lastIndexOf('/') + 1), method] as const);
    const definition = named.map(([name, method]) => [name, definitionOf(method)]);
    const handlers = named.map(([name, method]) => [name, handlerOf(grpc, method, onError)]);
    server.addService(Object.fromEntries(definition) as ServiceDefinition, Object.fromEntries(handlers));
  }
}

function serviceOf({ path }: GrpcMethod): string {
  return path.slice(1, path.indexOf('/', 1));
}

/** Messages pass as bytes: what they mean is not the transport's to know. */
function definitionOf({ path, isStream }: GrpcMethod) {
  const asBytes = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    requestStream: isStream,
    responseStream: isStream,
    requestSerialize: asBytes,
    requestDeserialize: asBytes,
    responseSerialize: asBytes,
    responseDeserialize: asBytes,
  };
}

function handlerOf(grpc: Grpc, method: GrpcMethod, onError: OnError): UntypedHandleCall {
  return method.isStream ? answerStream(grpc, method, onError) : answerUnary(grpc, method, onError);
}

function answerUnary(grpc: Grpc, { answer }: GrpcMethod, onError: OnError) {
  return async (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>): Promise<void> => {
    try {
      const result = await answer(call.request, peerOf(call));
      const headers = metadataOf(grpc, result);
      if ('message' in result) {
        call.sendMetadata(headers);
        done(null, result.message);
      } else done({ code: result.status, details: result.says, metadata: headers });
    } catch (error) {
      onError(error);
      done({ code: grpc.status.INTERNAL, details: FAULT });
    }
  };
}

/** What a caller is told of an error of ours. */
const FAULT = fail('internal').message;

/**
 * Reads the next message only when the last is answered, and the answer has room on its way. The iterator must not
 * destroy the call at the end of the messages, which is where its status is still to be sent.
 */
function answerStream(grpc: Grpc, { answer }: GrpcMethod, onError: OnError) {
  return async (call: ServerDuplexStream<Buffer, Buffer>): Promise<void> => {
    try {
      for await (const message of call.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        const result = await answer(message, peerOf(call));
        if (!('message' in result)) {
          call.emit('error', {
            code: result.status,
            details: result.says,
            metadata: metadataOf(grpc, result),
          });
          return;
        }
        if (!call.write(result.message) && !call.cancelled) await drained(call);
      }
      call.end();
    } catch (error) {
      // The caller went away in the middle, or the transport has told them: there is nobody to tell.
      if (call.cancelled || isStatus(error)) {
        call.destroy();
        return;
      }
      onError(error);
      call.emit('error', { code: grpc.status.INTERNAL, details: FAULT });
    }
  };
}

function isStatus(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

function drained(call: ServerDuplexStream<Buffer, Buffer>): Promise<void> {
  return new Promise((resolve) => {
    call.once('drain', resolve);
    call.once('cancelled', () => resolve());
  });
}

function peerOf(call: ServerUnaryCall<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>): GrpcPeer {
  const deadline = Number(call.getDeadline());
  return {
    header: (name) => call.metadata.get(name)[0]?.toString(),
    deadlineAt: Number.isFinite(deadline) ? deadline : undefined,
  };
}

function metadataOf({ Metadata: New }: Grpc, { headers }: GrpcAnswer): Metadata {
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

async function shutDown(server: Server, deadlineMs: number): Promise<void> {
  const cut = setTimeout(() => server.forceShutdown(), deadlineMs);
  await new Promise<void>((resolve) => {
    server.tryShutdown(() => resolve());
  });
  clearTimeout(cut);
}
