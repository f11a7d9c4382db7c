import type { FailureKind, SlipwayError } from '@slipway/contract';
import { GRPC_HINTS } from '../hints.ts';
import { failureText } from '../problem.ts';

/** gRPC's statuses (https://grpc.io/docs/guides/status-codes/) by what went wrong. */
const STATUS_OF: Record<FailureKind, number> = {
  invalid: 3,
  unauthenticated: 16,
  forbidden: 7,
  missing: 5,
  conflict: 9,
  'too-large': 3,
  unsupported: 3,
  unprocessable: 3,
  busy: 8,
  internal: 13,
  'not-yet': 12,
  unavailable: 14,
  'storage-full': 8,
};

/** Where the kind says too little. */
const STATUS_OF_CODE = new Map<string, number>([
  ['predict.too-late', 4],
  ['predict.answer-too-large', 8],
  ['prediction.id-taken', 6],
  ['prediction.id-answered', 6],
]);

export function grpcStatus(failure: SlipwayError): { status: number; says: string } {
  const status = STATUS_OF_CODE.get(failure.code) ?? STATUS_OF[failure.kind];
  return { status, says: failureText(failure, GRPC_HINTS) };
}
