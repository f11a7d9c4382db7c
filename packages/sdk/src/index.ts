export type * from '@slipway/contract';
export { isFailure, SlipwayError } from '@slipway/contract';
export { type CallOptions, type Client, type ClientOptions, createClient, type Row } from './client.ts';
export { followPipelineRun, waitForJob } from './waiting.ts';
