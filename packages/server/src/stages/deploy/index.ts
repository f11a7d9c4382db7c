export {
  createDeployer,
  type Deployer,
  type DeployPorts,
} from './deployer.ts';
export type { Deployment, Promotion } from './deployment.ts';
export { deploymentId } from './deployment-id.ts';
export { endpointMetadata } from './endpoint-metadata.ts';
export { badSpec, isSameGraph, modelOfSpec, onlyVersion, specOf, versionNamed } from './endpoint-spec.ts';
export { type InTurn, inTurn } from './in-turn.ts';
export * from './model.ts';
export type { DataPlane, EndpointMetadata, LiveQuality, OpenRollout } from './ports.ts';
export { type Counts, noShadowSums, type ShadowSums } from './rollout/counts.ts';
export { bucketOfMs, latencySketch } from './rollout/latency-sketch.ts';
export type { Estimate } from './rollout/mean-tests.ts';
export type { Measure, Quality, VersionQuality } from './rollout/quality.ts';
export { answersMost, type RolloutState } from './rollout/rollout-state.ts';
export { rolloutView, shadowView } from './rollout/rollout-view.ts';
export { percentages, trafficOf } from './traffic.ts';
