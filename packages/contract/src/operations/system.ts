import { z } from 'zod';
import { idSchema } from '../bounded-schemas.ts';
import { deadlineSchema, shownTextSchema } from '../name-schema.ts';
import type { Operation } from '../operation.ts';
import {
  auditEntrySchema,
  configEntrySchema,
  eventSchema,
  keySchema,
  statusSchema,
} from '../system-nouns.ts';

const anchorSchema = z.object({ sequence: z.int(), hash: z.string() });
const proofHex = z
  .string()
  .max(64)
  .regex(/^[0-9a-f]{64}$/, { error: 'It must be 64 hexadecimal digits.' });

export const systemOperations = {
  'system.health': {
    method: 'GET',
    path: '/api/v1/health',
    module: 'system',
    permission: 'public',
    summary: 'Tell whether the control plane is up.',
    answer: z.object({ ok: z.literal(true), product: z.literal('slipway'), version: z.string() }),
    failures: [],
  },
  'system.identity': {
    method: 'GET',
    path: '/api/v1/identity',
    module: 'system',
    permission: 'public',
    summary: 'Prove to a program that reads the data folder that this is the server of that folder.',
    query: z.object({
      challenge: proofHex.describe('Random, another one each time: 64 hexadecimal digits'),
    }),
    answer: z.object({
      product: z.literal('slipway'),
      proof: proofHex.describe(
        'HMAC-SHA256 of the challenge, and of the address and port that were called, under the key in the data folder',
      ),
    }),
    failures: [],
  },
  'system.status': {
    method: 'GET',
    path: '/api/v1/status',
    module: 'system',
    permission: 'system:read',
    summary: 'Show processes, jobs, pipeline runs, endpoints and open alerts.',
    answer: statusSchema,
    failures: [],
  },
  'system.config': {
    method: 'GET',
    path: '/api/v1/config',
    module: 'system',
    permission: 'system:read',
    summary: 'Show every setting, its value and where it came from.',
    answer: z.object({ entries: z.array(configEntrySchema) }),
    failures: [],
  },
  'events.list': {
    method: 'GET',
    path: '/api/v1/events',
    module: 'system',
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
    module: 'access',
    permission: 'keys:read',
    summary: 'List the API keys (never their secrets).',
    answer: z.object({ keys: z.array(keySchema) }),
    failures: [],
  },
  'keys.create': {
    method: 'POST',
    path: '/api/v1/keys',
    module: 'access',
    permission: 'keys:write',
    summary: 'Make an API key; its secret is shown this once.',
    body: z.strictObject({
      name: shownTextSchema(100),
      role: z.enum(['owner', 'admin', 'editor', 'viewer', 'labeller', 'predictor']),
      expiresAt: deadlineSchema.optional(),
    }),
    answer: keySchema.extend({ secret: z.string() }),
    failures: [],
    example: { name: 'ci', role: 'editor' },
  },
  'keys.revoke': {
    method: 'DELETE',
    path: '/api/v1/keys/{id}',
    module: 'access',
    permission: 'keys:write',
    summary: 'Revoke an API key at once.',
    params: z.object({ id: idSchema }),
    answer: z.object({ revoked: z.boolean() }),
    failures: ['key.missing', 'key.last'],
  },
  'audit.list': {
    method: 'GET',
    path: '/api/v1/audit',
    module: 'access',
    permission: 'audit:read',
    summary: 'List audit entries, newest first, and whether the hash chain holds.',
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    answer: z.object({
      entries: z.array(auditEntrySchema),
      intact: z.boolean(),
      brokenAt: z.int().nullable(),
    }),
    failures: ['audit.anchor-unreadable'],
  },
  'audit.verify': {
    method: 'GET',
    path: '/api/v1/audit/verify',
    module: 'access',
    permission: 'audit:read',
    summary:
      'Verify the audit log: its hash chain, the anchor in the data folder, and one that you kept elsewhere.',
    query: z.object({
      anchor: z
        .string()
        .max(200)
        .regex(
          /^[1-9]\d{0,14}:[0-9a-f]{64}$/,
          'give the sequence and the hash of an entry, with a colon between',
        )
        .optional()
        .describe('An entry that the log must hold: `<sequence>:<hash>`'),
    }),
    answer: z.object({
      intact: z.boolean(),
      entries: z.int().describe('Entries that hold, from the first'),
      head: anchorSchema.nullable().describe('The newest entry of a log that is intact'),
      anchor: anchorSchema.nullable().describe('The entry that the data folder remembers'),
      brokenAt: z.int().nullable(),
      reason: z.string().nullable(),
    }),
    failures: ['audit.anchor-unreadable'],
  },
  'audit.accept': {
    method: 'POST',
    path: '/api/v1/audit/accept',
    module: 'access',
    permission: 'audit:write',
    summary:
      'Accept the audit log as it is, for instance after an older backup of the database was restored; what the anchor was is recorded.',
    body: z.strictObject({ reason: shownTextSchema(500) }),
    answer: z.object({ anchor: anchorSchema }),
    failures: ['audit.anchor-unreadable'],
    example: { reason: 'The backup of 1 March was restored.' },
  },
} as const satisfies Record<string, Operation>;
