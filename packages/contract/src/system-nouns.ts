import { z } from 'zod';
import { endpointSummarySchema } from './endpoint-nouns.ts';
import { timeSchema } from './name-schema.ts';
import { jobStateSchema, pipelineRunSchema } from './pipeline-run-nouns.ts';
import { alertSchema } from './report-nouns.ts';

export const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  prefix: z.string(),
  createdAt: timeSchema,
  expiresAt: timeSchema.nullable(),
  revokedAt: timeSchema.nullable(),
});
export const auditEntrySchema = z.object({
  sequence: z.int(),
  at: timeSchema,
  who: z.string().describe('Name of the key at that time, or the part of Slipway that acted'),
  principal: z.string().nullable().describe('Id of the key; null where no key acted'),
  what: z.string(),
  subject: z.string(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  hash: z.string(),
});

export const statusSchema = z.object({
  version: z.string(),
  startedAt: timeSchema,
  database: z.enum(['pglite', 'postgres']),
  dataFolder: z.string(),
  console: z.string(),
  inference: z.object({ ready: z.boolean(), url: z.string(), pid: z.int().nullable() }),
  processes: z.array(z.object({ name: z.string(), pid: z.int(), rssBytes: z.int() })),
  internalErrors: z
    .int()
    .describe('Errors of the control plane itself since it started; `logs/control.log` has each'),
  cleanUpRefused: z
    .string()
    .nullable()
    .describe('Why unused objects and models are not removed: the database names implausibly few'),
  sandbox: z
    .object({
      level: z
        .enum(['bubblewrap', 'limits', 'off'])
        .describe(
          'bubblewrap: namespaces, a filter of system calls and limits; limits: no new privileges and limits',
        ),
      lacks: z.string().nullable().describe('Why it is not bubblewrap'),
      processes: z
        .enum(['group', 'namespace', 'user', 'watched'])
        .describe(
          'What limits processes and threads. group: control groups; namespace: the kernel in each sandbox; user: the kernel for all models together, and the watch of jobs; watched: the watch of jobs alone',
        ),
    })
    .describe('How jobs and imported models are kept from the rest of the machine'),
  jobs: z.record(jobStateSchema, z.int()),
  endpoints: z.array(endpointSummarySchema),
  pipelineRuns: z.array(pipelineRunSchema).describe('Running, and the last few that ended'),
  alerts: z.array(alertSchema).describe('Open ones'),
});
export type Status = z.infer<typeof statusSchema>;
export const eventSchema = z.object({
  sequence: z.int().describe('Grows with each event; ask for what comes after the last one seen'),
  topic: z.string().describe('What happened, such as endpoint.promote or alert.opened'),
  subject: z.string().describe('To which endpoint'),
  payload: z.unknown(),
  at: timeSchema,
});
export type Event = z.infer<typeof eventSchema>;

export const configEntrySchema = z.object({
  key: z.string(),
  value: z.unknown().describe('Secrets print as ***'),
  from: z
    .enum(['default', 'memory', 'file', 'environment', 'flag'])
    .describe('`memory`: lower than the default, since the machine or the container has no more memory'),
  says: z.string(),
});
