import type { Endpoint, EndpointRevision, EndpointToken, NewEndpointRevision } from '../../metadata/index.ts';
import type { DataPlaneStats, EndpointOutcome, RoutingTable } from './model.ts';
import type { Quality } from './rollout/quality.ts';
import type { RolloutState } from './rollout/rollout-state.ts';

/** The process or processes that answer predictions. */
export interface DataPlane {
  /**
   * Makes the data plane serve `table` and nothing else, and says what became of each endpoint.
   *
   * - A new route takes traffic only after it has loaded, is warm and gave its golden answers; until then, and if it
   *   fails, the endpoint goes on with what it had. No request fails or waits because of a change.
   * - A request is answered by one model wholly, and names it.
   * - Tokens of the table count from then on, also at endpoints whose routes failed.
   * - Tables are applied one after the other, in the order of the calls. One that a later table overtook (because
   *   the process died meanwhile) resolves with the outcomes of the later one.
   * - The last table is applied again by itself whenever the data plane starts again.
   *
   * Throws `dataplane.unavailable` when no process can be brought to answer.
   */
  apply(table: RoutingTable): Promise<EndpointOutcome[]>;

  /** What it is doing. Throws `dataplane.unavailable`. */
  stats(): Promise<DataPlaneStats>;

  /** Whether it listens and has applied the last table. */
  ready(): boolean;

  /** Where it listens, such as `http://127.0.0.1:7401`. */
  url(): string;
}

/** A rollout that has not ended, with the id that it is kept under. */
export type OpenRollout = { id: string; endpoint: string; rollout: RolloutState };

/**
 * What is kept of endpoints. Every change writes its audit entry and its event in the same transaction, and each of them
 * throws `endpoint.missing`.
 */
export interface EndpointMetadata {
  get(name: string): Promise<Endpoint>;
  list(): Promise<Endpoint[]>;
  current(name: string): Promise<EndpointRevision | undefined>;
  /** Newest first. */
  revisions(name: string): Promise<EndpointRevision[]>;
  /** Those of its callers, and the platform's own. */
  tokens(name: string): Promise<EndpointToken[]>;
  /** Throws `model.missing`, `model.version-missing`. */
  bundleOf(model: string, version: number): Promise<string>;
  /**
   * Writes the next revision, moves the model's champion there, and keeps the end of the rollout that led to it or that it
   * puts an end to. Throws `endpoint.conflict` when another revision than `expected` was current.
   */
  addRevision(
    name: string,
    revision: NewEndpointRevision,
    expected: number | null,
    ended?: OpenRollout,
  ): Promise<EndpointRevision>;

  openRollout(name: string): Promise<OpenRollout | undefined>;
  openRollouts(): Promise<OpenRollout[]>;
  /** Throws `endpoint.conflict` when one is open. */
  beginRollout(name: string, rollout: RolloutState): Promise<OpenRollout>;
  /** Keeps how far it is. `event` names what happened for the audit log; without one only counters moved. */
  keepRollout(kept: OpenRollout, event?: RolloutEvent): Promise<void>;

  setPaused(name: string, isPaused: boolean, by: string): Promise<Endpoint>;
  /** Removes the endpoint, its revisions, rollouts and tokens; returns how many tokens were still good. */
  remove(name: string, by: string): Promise<{ tokens: number }>;
}

export type RolloutEvent = { what: 'step' | 'hold' | 'abort'; by: string };

/** What became of predictions that were told the truth since. */
export interface LiveQuality {
  /** Of both versions, over predictions since `sinceMs`; null where no label has come in. */
  compare(ask: {
    endpoint: string;
    version: number;
    former: number;
    sinceMs: number;
  }): Promise<Quality | null>;
  /** What open alerts say that came up since then and are about the version. */
  alerts(endpoint: string, version: number, sinceMs: number): Promise<string[]>;
}
