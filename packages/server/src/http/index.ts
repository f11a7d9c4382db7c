export type { CallContext, Caller, Handler, Handlers } from './handler-types.ts';
export { isLoopback } from './host-check.ts';
export { buildHttpServer, type HttpOptions } from './server.ts';
export { httpSettings } from './settings.ts';
