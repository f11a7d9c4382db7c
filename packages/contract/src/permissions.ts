/** Every permission there is, `noun:verb`. An operation names exactly one, or says that it is public. */
export const PERMISSIONS = [
  'system:read',
  'system:write',
  'uploads:write',
  /** Use what other keys uploaded. */
  'uploads:read',
  'jobs:read',
  'datasets:read',
  'datasets:write',
  'pipelines:read',
  'pipelines:write',
  'runs:read',
  'models:read',
  'models:write',
  'endpoints:read',
  'endpoints:write',
  'endpoints:predict',
  'labels:write',
  'labelling:read',
  'labelling:write',
  'labelling:answer',
  'monitor:read',
  'keys:read',
  'keys:write',
  'audit:read',
  'audit:write',
] as const;

export type Permission = (typeof PERMISSIONS)[number];
