import { isFailure } from '@slipway/contract';
import { type Client, createClient } from '@slipway/sdk';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { SignIn } from './sign-in.tsx';
import { forgetKey, keepKey, keyInFragment, takeKey } from './take-key.ts';

type Session = { client: Client; signOut: () => void };

const SessionContext = createContext<Session | null>(null);

/** Who asks and with what key. A key that the server refuses ends the session and brings the sign-in page. */
export function SessionProvider(props: { firstKey: string | null; children: ReactNode }) {
  const [key, setKey] = useState(props.firstKey);
  const [refused, setRefused] = useState(false);

  useLinkWithKey(setKey);

  const parts = useMemo(() => {
    if (key === null) return null;
    const end = (wasRefused: boolean) => {
      forgetKey(sessionStorage);
      setRefused(wasRefused);
      setKey(null);
    };
    const client = createClient({ server: location.origin, token: key });
    return {
      session: { client, signOut: () => end(false) },
      queries: makeQueryClient(() => end(true)),
    };
  }, [key]);

  if (parts === null) {
    const begin = (given: string) => {
      keepKey(given, sessionStorage);
      setRefused(false);
      setKey(given);
    };
    return <SignIn refused={refused} onKey={begin} />;
  }
  return (
    <SessionContext value={parts.session}>
      <QueryClientProvider client={parts.queries}>{props.children}</QueryClientProvider>
    </SessionContext>
  );
}

/** A link with a key may also be opened in a tab that shows the console already. */
function useLinkWithKey(onKey: (key: string | null) => void) {
  useEffect(() => {
    const listen = () => {
      if (keyInFragment(location.hash) !== null)
        onKey(takeKey(location, history, sessionStorage, (question) => confirm(question)));
    };
    addEventListener('hashchange', listen);
    return () => removeEventListener('hashchange', listen);
  }, [onKey]);
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession needs a SessionProvider around it');
  return session;
}

function makeQueryClient(onRefused: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (isFailure(error, 'access.unauthenticated')) onRefused();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        retry: (failures, error) => failures < 2 && isFailure(error, 'server.unreachable'),
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
    },
  });
}
