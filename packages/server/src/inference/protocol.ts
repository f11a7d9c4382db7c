import type { FailureData } from '@slipway/contract';
import type { DataPlaneStats, EndpointOutcome, RoutingTable } from '../stages/deploy/index.ts';

/** What the control plane tells the inference process, over the channel of `fork`. */
export type ControlMessage =
  | { type: 'apply'; sequence: number; table: RoutingTable }
  | { type: 'stats'; id: number }
  /** Give a sign of life. */
  | { type: 'ping' }
  /** Finish what is under way, flush the log, exit 0. */
  | { type: 'drain' };

/** What the inference process answers. */
export type InferenceMessage =
  | { type: 'listening'; port: number; localPort: number }
  /** It cannot listen, and exits. */
  | { type: 'failed'; failure: FailureData }
  | { type: 'applied'; sequence: number; outcomes: EndpointOutcome[] }
  | { type: 'stats'; id: number; stats: DataPlaneStats }
  | { type: 'pong' };
