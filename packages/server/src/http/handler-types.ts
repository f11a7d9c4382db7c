import type { OperationAnswer, OperationId, OperationInput, Permission, SocketEnd } from '@slipway/contract';

/** Who calls: a key of the control plane. */
export type Caller = { id: string; name: string; permissions: ReadonlySet<Permission> };

export type CallContext = {
  caller: Caller | null;
  requestId: string;
  signal: AbortSignal;
  /** Our end of the connection on which the call came. */
  reachedAt: SocketEnd;
  /** Bytes of the body by its Content-Length; undefined where the caller does not say. */
  announcedBytes?: number | undefined;
};

export type Handler<Id extends OperationId> = (
  input: OperationInput<Id>,
  context: CallContext,
) => Promise<OperationAnswer<Id>>;

/** A handler for every operation: a missing one does not compile. */
export type Handlers = { [Id in OperationId]: Handler<Id> };
