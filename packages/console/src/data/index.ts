export { livelyWhile } from './pace.ts';
export { useChange, useOperation } from './use-operation.ts';
