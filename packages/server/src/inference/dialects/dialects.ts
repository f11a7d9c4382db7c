import type { Dialect } from './dialect.ts';
import { kserveV1 } from './kserve-v1.ts';
import { mlflow } from './mlflow/mlflow.ts';
import { slipwayRest } from './slipway/slipway-rest.ts';
import { v2 } from './v2/v2.ts';

/** Every dialect of the data plane over HTTP. */
export const DIALECTS: readonly Dialect[] = [slipwayRest, v2, mlflow, kserveV1];
