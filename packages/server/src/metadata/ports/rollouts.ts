import type { EndpointRollout } from '../model.ts';

/** Versions on their way to take endpoints over, and how those before them went. */
export interface RolloutStore {
  /** Throws `endpoint.missing`, and `endpoint.conflict` when one of the endpoint is open. */
  open(endpoint: string, document: unknown): Promise<EndpointRollout>;
  /** Keeps what became of it. One that has ended is never changed: then undefined is returned. */
  save(id: string, change: Pick<EndpointRollout, 'state' | 'document'>): Promise<EndpointRollout | undefined>;
  /** The open one of the endpoint. */
  current(endpoint: string): Promise<EndpointRollout | undefined>;
  /** The open ones of all endpoints. */
  allOpen(): Promise<EndpointRollout[]>;
  /** Of an endpoint, newest first; 100 unless told. */
  list(endpoint: string, limit?: number): Promise<EndpointRollout[]>;
}
