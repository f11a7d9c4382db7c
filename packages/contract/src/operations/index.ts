import type { Operation } from '../operation.ts';
import { batchOperations } from './batch.ts';
import { dataOperations } from './data.ts';
import { endpointOperations } from './endpoints.ts';
import { labelOperations } from './label.ts';
import { modelOperations } from './models.ts';
import { pipelineRunOperations } from './pipeline-runs.ts';
import { storageOperations } from './storage.ts';
import { systemOperations } from './system.ts';

/** Everything that may be asked of Slipway's control plane, by id. */
export const OPERATIONS = {
  ...systemOperations,
  ...storageOperations,
  ...dataOperations,
  ...labelOperations,
  ...pipelineRunOperations,
  ...modelOperations,
  ...endpointOperations,
  ...batchOperations,
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;
