import { httpSettings } from './settings.ts';

/** What every caller of the control plane is held to; each is the setting `http.…` of its name. */
export type HttpLimits = { [Name in (typeof NAMES)[number]]: number };

const NAMES = [
  'maxBodyBytes',
  'headersTimeoutMs',
  'bodyTimeoutMs',
  'minUploadBytesPerSecond',
  'maxConnections',
  'maxConnectionsPerAddress',
  'rateLimitPerSecond',
  'rateLimitBurst',
  'maxRequestsPerKey',
  'maxUploadsPerKey',
  'maxOpenJobsPerKey',
  'maxOpenPipelineRunsPerKey',
  'failedKeysBeforeLockout',
] as const;

/** The limits as the settings say, or by default. */
export function httpLimits(settings: Partial<HttpLimits> = {}): HttpLimits {
  const entries = NAMES.map((name) => [name, settings[name] ?? httpSettings[name].default]);
  return Object.fromEntries(entries) as HttpLimits;
}
