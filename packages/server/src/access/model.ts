import { PERMISSIONS, type Permission } from '@slipway/contract';

export const ROLES = ['owner', 'admin', 'editor', 'viewer', 'labeller', 'predictor'] as const;
export type Role = (typeof ROLES)[number];

const reading = PERMISSIONS.filter((name) => name.endsWith(':read'));
const NOT_VIEWED: ReadonlySet<Permission> = new Set(['keys:read', 'audit:read', 'uploads:read']);
const viewing = reading.filter((name) => !NOT_VIEWED.has(name));
const editing: Permission[] = [
  'uploads:write',
  'uploads:read',
  'datasets:write',
  'pipelines:write',
  'models:write',
  'endpoints:write',
  'endpoints:predict',
  'labels:write',
  'labelling:write',
  'labelling:answer',
];

/** What each role may do. */
export const ROLE_PERMISSIONS: Record<Role, ReadonlySet<Permission>> = {
  owner: new Set(PERMISSIONS),
  admin: new Set(PERMISSIONS),
  editor: new Set([...viewing, ...editing]),
  viewer: new Set(viewing),
  labeller: new Set<Permission>(['labelling:read', 'labelling:answer']),
  predictor: new Set<Permission>(['endpoints:predict', 'labels:write', 'uploads:write', 'jobs:read']),
};

/** What a key may do: all that its role may, or a list of its own. */
export type Grant = { role: Role } | { role: 'custom'; permissions: Permission[] };

/** An API key as it is kept: never the secret. Times are UTC ISO 8601. */
export type ApiKey = {
  id: string;
  name: string;
  grant: Grant;
  /** The first characters of the secret, to know it by. */
  prefix: string;
  /** SHA-256 of the secret, hex. */
  hash: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
};

export type NewApiKey = Pick<ApiKey, 'name' | 'grant' | 'prefix' | 'hash' | 'expiresAt'>;

/** Who is calling. */
export type Principal = {
  keyId: string;
  name: string;
  role: Role | 'custom';
  permissions: ReadonlySet<Permission>;
};

export function grantedPermissions(grant: Grant): ReadonlySet<Permission> {
  return grant.role === 'custom' ? new Set(grant.permissions) : ROLE_PERMISSIONS[grant.role];
}

/** Whether the key lets its bearer in at that moment. */
export function isLive(key: ApiKey, now: number): boolean {
  if (key.revokedAt !== null) return false;
  return key.expiresAt === null || Date.parse(key.expiresAt) > now;
}
