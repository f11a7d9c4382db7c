import { COMMAND_LINE_FAILURES } from './failures/command-line.ts';
import { ENDPOINTS_FAILURES } from './failures/endpoints.ts';
import { EXECUTION_FAILURES } from './failures/execution.ts';
import { FORECAST_FAILURES } from './failures/forecast.ts';
import { INGEST_FAILURES } from './failures/ingest.ts';
import { LABEL_FAILURES } from './failures/label.ts';
import { MODELS_FAILURES } from './failures/models.ts';
import { MONITOR_FAILURES } from './failures/monitor.ts';
import { PREDICTIONS_FAILURES } from './failures/predictions.ts';
import { REQUESTS_FAILURES } from './failures/requests.ts';
import { STORAGE_FAILURES } from './failures/storage.ts';
import { TARGET_FAILURES } from './failures/target.ts';
import { TRAIN_FAILURES } from './failures/train.ts';

/**
 * Every failure Slipway can report, by code; the files in `failures/` hold those of one subject each. `says` is one sentence about what
 * happened and may name details in braces; `hint` is what to do next. Codes are `noun.problem` and never change their meaning.
 */
export const FAILURES = {
  ...REQUESTS_FAILURES,
  ...INGEST_FAILURES,
  ...STORAGE_FAILURES,
  ...TARGET_FAILURES,
  ...FORECAST_FAILURES,
  ...TRAIN_FAILURES,
  ...EXECUTION_FAILURES,
  ...MODELS_FAILURES,
  ...ENDPOINTS_FAILURES,
  ...PREDICTIONS_FAILURES,
  ...MONITOR_FAILURES,
  ...LABEL_FAILURES,
  ...COMMAND_LINE_FAILURES,
} as const;

export type FailureCode = keyof typeof FAILURES;
