import { ownValue } from '@slipway/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** One part of the address's query, and how to change it. Pages say which parts they have in the route table. */
export function useAddress(part: string): [string | undefined, (value: string | undefined) => void] {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const held = ownValue(search, part);
  const set = useCallback(
    (value: string | undefined) => {
      void navigate({
        to: '.',
        search: (before: Record<string, unknown>) => ({ ...before, [part]: value }),
        replace: true,
        resetScroll: false,
      } as Parameters<typeof navigate>[0]);
    },
    [navigate, part],
  );
  return [held === undefined ? undefined : String(held), set];
}
