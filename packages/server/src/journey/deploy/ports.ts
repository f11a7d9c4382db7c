import type { DataPlaneStats, EndpointOutcome, RoutingTable } from './model.ts';

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
