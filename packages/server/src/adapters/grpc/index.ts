export { createGrpcTransport } from './grpc-transport.ts';
