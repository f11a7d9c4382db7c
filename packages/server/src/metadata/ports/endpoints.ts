import type {
  Endpoint,
  EndpointRevision,
  EndpointToken,
  NewEndpoint,
  NewEndpointRevision,
  NewEndpointToken,
} from '../model.ts';

/** The endpoints there are, what each served, and who may call it. */
export interface EndpointStore {
  /** Throws `endpoint.exists`. */
  create(endpoint: NewEndpoint): Promise<Endpoint>;
  find(name: string): Promise<Endpoint | undefined>;
  /** Throws `endpoint.missing`. */
  get(name: string): Promise<Endpoint>;
  /** By name. */
  list(): Promise<Endpoint[]>;
  /** Throws `endpoint.missing`. */
  setPolicy(name: string, policy: unknown): Promise<Endpoint>;
  /** Keeps when it is monitored; null for the default. Throws `endpoint.missing`. */
  setMonitoring(name: string, monitoring: unknown): Promise<Endpoint>;
  /** Remembers since when it is paused; a second time changes nothing. Throws `endpoint.missing`. */
  setPaused(name: string, isPaused: boolean): Promise<Endpoint>;
  /**
   * Removes it with its revisions, rollouts and tokens; its labels, reports and alerts stay. Returns how many tokens were
   * still good. Throws `endpoint.missing`.
   */
  remove(name: string): Promise<{ tokens: number }>;
  /**
   * Adds the next revision and makes it current, in one step; moves of one endpoint form a line.
   * With `expected` (null: none yet) throws `endpoint.conflict` when another revision was current.
   * Throws `endpoint.missing`.
   */
  addRevision(
    name: string,
    revision: NewEndpointRevision,
    expected?: number | null,
  ): Promise<EndpointRevision>;
  /** Newest first. */
  revisions(name: string): Promise<EndpointRevision[]>;
  /** The revision that takes traffic. */
  current(name: string): Promise<EndpointRevision | undefined>;

  /** Keeps a token's hash. Throws `endpoint.missing`. */
  addToken(token: NewEndpointToken): Promise<EndpointToken>;
  /** Tokens of one endpoint, or of all, revoked ones too; newest first. */
  tokens(endpoint?: string): Promise<EndpointToken[]>;
  /** Harmless when it is revoked already. Throws `token.missing`. */
  revokeToken(id: string): Promise<EndpointToken>;
  /** Remembers that the token was used now. */
  touchToken(id: string): Promise<void>;
}
