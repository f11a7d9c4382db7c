import { z } from 'zod';
import { timeSchema } from './name-schema.ts';

/** What an endpoint takes of the machine. */
export const endpointWorkersSchema = z
  .object({
    kind: z
      .enum(['processes', 'inline'])
      .describe(
        'processes: each worker is one that holds the model; inline: the data plane evaluates it, and 1 says that it is in memory',
      ),
    now: z.int(),
    wanted: z.int().describe('What load and scaling rule ask for, whether or not the machine has room'),
    busy: z.int(),
    held: z.int().describe('Requests that wait while the model is brought back'),
    residentBytes: z
      .number()
      .nullable()
      .describe('Memory of the workers, about; null where the system does not tell'),
    zeroSince: timeSchema.nullable().describe('Since when there is none; null while there is one'),
    coldStarts: z.int().describe('Times that the model was brought back, since the data plane started'),
    coldStartSeconds: z.number().describe('How long that took, all together'),
    lastColdStartSeconds: z.number().nullable(),
    deaths: z.int().describe('Worker processes that crashed'),
    isResting: z
      .boolean()
      .describe(
        'Whether the circuit breaker is open: the worker crashed so often that it is restarted only after a pause',
      ),
  })
  .describe('Workers of all loaded versions');
export type EndpointWorkers = z.infer<typeof endpointWorkersSchema>;
