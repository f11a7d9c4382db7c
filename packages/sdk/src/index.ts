export { type CallOptions, type Client, type ClientOptions, createClient, type Row } from './client.ts';
export { followJourney, waitForJob } from './waiting.ts';
