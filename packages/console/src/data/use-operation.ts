import type { OperationAnswer, OperationCall, OperationId } from '@slipway/contract';
import type { CallOptions, Client } from '@slipway/sdk';
import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSession } from '../session/index.ts';

type Pace<Id extends OperationId> = {
  /** Milliseconds until it is asked again, from the last answer; false for never. */
  again?: (answer: OperationAnswer<Id> | undefined) => number | false;
  enabled?: boolean;
};

/** Asks the control plane and keeps the answer fresh. Answers are shared by all that ask the same. */
export function useOperation<Id extends OperationId>(
  id: Id,
  call: OperationCall<Id>,
  pace: Pace<Id> = {},
): UseQueryResult<OperationAnswer<Id>> {
  const { client } = useSession();
  return useQuery({
    queryKey: [id, call],
    queryFn: ({ signal }) => ask(client, id, call, { signal }),
    refetchInterval: (query) => pace.again?.(query.state.data as OperationAnswer<Id> | undefined) ?? false,
    enabled: pace.enabled ?? true,
  }) as UseQueryResult<OperationAnswer<Id>>;
}

/** An operation that changes something; everything shown is asked for again afterwards. */
export function useChange<Id extends OperationId>(id: Id) {
  const { client } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (call: OperationCall<Id>) => ask(client, id, call),
    onSettled: () => queries.invalidateQueries(),
  });
}

/** `client.call[id]` for an id that is only known as a type parameter. */
function ask<Id extends OperationId>(
  client: Client,
  id: Id,
  call: OperationCall<Id>,
  options?: CallOptions,
): Promise<OperationAnswer<Id>> {
  const method = client.call[id] as (
    call: OperationCall<Id>,
    options?: CallOptions,
  ) => Promise<OperationAnswer<Id>>;
  return method(call, options);
}
