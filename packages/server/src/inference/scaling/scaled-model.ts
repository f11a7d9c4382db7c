import type { SeenLoad } from './decide-workers.ts';
import type { HoldState } from './wake-gate.ts';

/** What a model takes of the machine now. */
export type WorkersState = {
  /** Processes that hold it; of one that is evaluated in this process 1 while it is in memory. */
  workers: number;
  busy: number;
  /** Memory of all of them; undefined where this system does not tell. */
  bytes: number | undefined;
  /** Epoch milliseconds since when it has no worker. */
  zeroSince: number | undefined;
  deaths: number;
  /** It died so often that it is not started again for a moment. */
  isResting: boolean;
} & HoldState;

/** A model whose workers come and go. */
export interface ScaledModel {
  /** Evaluated by the data plane's own thread: its worker takes memory, and no processor of its own. */
  readonly isInline: boolean;
  /** What decides about its workers; `stableMs` is how far back it looks. */
  seen(now: number, stableMs: number): SeenLoad;
  /** Memory of one more worker, about. */
  bytesEach(): number;
  /** Brings workers up, or lets those go that have nothing to do. A model with calls under way keeps one. */
  resize(workers: number): void;
  state(): WorkersState;
}
