export type { ValueWriter } from './answers/value-writer.ts';
export { flagOf } from './container-environment.ts';
export { FairLine } from './fair-line.ts';
export type {
  GrpcAnswer,
  GrpcLimits,
  GrpcMethod,
  GrpcPeer,
  GrpcRefusal,
  GrpcTransport,
  GrpcTransportFactory,
} from './grpc/transport.ts';
export {
  createInferenceServer,
  type InferenceServer,
  type InferenceServerOptions,
} from './inference-server.ts';
export type { CountsStore } from './kept-counts.ts';
export type { ControlMessage, InferenceMessage } from './protocol.ts';
export { type Access, type InferenceFlags, readFlags } from './read-flags.ts';
export type { SecureFront, SecureListening } from './secure-front.ts';
export { type ControlChannel, serveControl } from './serve-control.ts';
export { type FolderReport, serveFolder } from './serve-folder.ts';
export { INFERENCE_SETTINGS, type InferenceSettings } from './settings.ts';
