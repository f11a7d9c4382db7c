import { z } from 'zod';
import { auditEntrySchema, configEntrySchema, eventSchema, keySchema, statusSchema } from '../nouns.ts';
import type { Operation } from '../operation.ts';

export const systemOperations = {
  'system.health': {
    method: 'GET',
    path: '/api/v1/health',
    room: 'system',
    permission: 'public',
    summary: 'Tell whether the control plane is up.',
    answer: z.object({ ok: z.literal(true), product: z.literal('slipway'), version: z.string() }),
    failures: [],
  },
  'system.status': {
    method: 'GET',
    path: '/api/v1/status',
    room: 'system',
    permission: 'system:read',
    summary: 'Show processes, jobs, journeys, endpoints and open alerts.',
    answer: statusSchema,
    failures: [],
  },
  'system.config': {
    method: 'GET',
    path: '/api/v1/config',
    room: 'system',
    permission: 'system:read',
    summary: 'Show every setting, its value and where it came from.',
    answer: z.object({ entries: z.array(configEntrySchema) }),
    failures: [],
  },
  'events.list': {
    method: 'GET',
    path: '/api/v1/events',
    room: 'system',
    permission: 'monitor:read',
    summary:
      'Read what happened (versions promoted and rolled back, alerts opened and resolved), oldest first.',
    query: z.object({
      after: z.coerce.number().int().min(0).default(0).describe('Only events after this sequence'),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      wait: z.coerce
        .number()
        .int()
        .min(0)
        .max(20)
        .default(0)
        .describe('Seconds to wait for an event when there is none yet'),
    }),
    answer: z.object({ events: z.array(eventSchema) }),
    failures: [],
  },
  'keys.list': {
    method: 'GET',
    path: '/api/v1/keys',
    room: 'access',
    permission: 'keys:read',
    summary: 'List the API keys (never their secrets).',
    answer: z.object({ keys: z.array(keySchema) }),
    failures: [],
  },
  'keys.create': {
    method: 'POST',
    path: '/api/v1/keys',
    room: 'access',
    permission: 'keys:write',
    summary: 'Make an API key; its secret is shown this once.',
    body: z.strictObject({
      name: z.string().min(1).max(100),
      role: z.enum(['owner', 'admin', 'editor', 'viewer', 'labeller', 'predictor']),
      expiresAt: z.iso.datetime().optional(),
    }),
    answer: keySchema.extend({ secret: z.string() }),
    failures: [],
    example: { name: 'ci', role: 'editor' },
  },
  'keys.revoke': {
    method: 'DELETE',
    path: '/api/v1/keys/{id}',
    room: 'access',
    permission: 'keys:write',
    summary: 'Revoke an API key at once.',
    params: z.object({ id: z.string() }),
    answer: z.object({ revoked: z.boolean() }),
    failures: ['key.missing'],
  },
  'audit.list': {
    method: 'GET',
    path: '/api/v1/audit',
    room: 'access',
    permission: 'audit:read',
    summary: 'List audit entries, newest first, and whether the hash chain holds.',
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    answer: z.object({
      entries: z.array(auditEntrySchema),
      intact: z.boolean(),
      brokenAt: z.int().nullable(),
    }),
    failures: [],
  },
} as const satisfies Record<string, Operation>;
