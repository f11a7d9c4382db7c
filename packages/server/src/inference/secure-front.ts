import type { Server } from 'node:http';

/** What ends TLS in front of a plain server. */
export type SecureListening = {
  port: number;
  /** Takes no more connections; those it took stay the server's. */
  close(): void;
};

/** Listens with TLS and hands connections to the server. Throws `listen.in-use` and `listen.impossible`. */
export type SecureFront = (
  server: Server,
  address: { host: string; port: number },
) => Promise<SecureListening>;
