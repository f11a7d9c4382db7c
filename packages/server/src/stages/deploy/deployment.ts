import type { EndpointSpec } from '@slipway/contract';
import type { EndpointRevision } from '../../metadata/index.ts';
import type { OpenRollout } from './ports.ts';

/** A version that shall answer an endpoint's requests. `by` is who asked. */
export type Promotion = { endpoint: string; modelVersion: number; bundleId: string; by: string };

/** What became of it: `rollout` where it takes over by steps, and the current revision meanwhile. */
export type Deployment = { revision: EndpointRevision; rollout: OpenRollout | undefined };

/** What the next revision of an endpoint is to be. */
export type NextRevision = {
  modelVersion: number;
  bundleId: string;
  spec: EndpointSpec;
  reason: EndpointRevision['reason'];
  by: string;
};
