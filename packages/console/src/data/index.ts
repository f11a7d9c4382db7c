export { livelyWhile } from './pace.ts';
export { ask, useChange, useOperation } from './use-operation.ts';
