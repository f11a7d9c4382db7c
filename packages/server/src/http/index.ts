export type { Denial } from './denial-of.ts';
export type { CallContext, Caller, Handler, Handlers } from './handler-types.ts';
export type { App } from './handlers/app.ts';
export type { CleanUp } from './handlers/clean-up.ts';
export { handlersOf } from './handlers/index.ts';
export { isLoopback } from './host-check.ts';
export { buildHttpServer, type HttpOptions } from './server.ts';
export { httpSettings } from './settings.ts';
