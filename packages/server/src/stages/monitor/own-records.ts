import type { PredictionRecord } from '../serve/index.ts';
import type { MonitoredModel, MonitorPorts } from './ports.ts';

type Answered = Pick<PredictionRecord, 'model' | 'version' | 'deployment'>;

/**
 * Whether the model answered, at this endpoint as it is now. The version number alone does not tell: another model may have
 * had it, or an endpoint of the same name that was deleted. Records from before deployments were logged go by model and
 * version.
 */
export function isOwnRecord(
  { model, version, deployment }: Answered,
  own: Pick<MonitoredModel, 'name' | 'version' | 'deployment'>,
): boolean {
  if (model !== own.name || version !== own.version) return false;
  return deployment === undefined || own.deployment === undefined || deployment === own.deployment;
}

/** Whether the model answered or refused a call since the moment, epoch milliseconds. */
export async function hasTrafficSince(
  endpoint: string,
  model: Pick<MonitoredModel, 'name' | 'version' | 'deployment'>,
  from: number,
  { log, calls }: Pick<MonitorPorts, 'log' | 'calls'>,
): Promise<boolean> {
  for await (const batch of log.read(endpoint, { from }))
    if (batch.some((record) => isOwnRecord(record, model))) return true;
  if (calls === undefined) return false;
  for await (const call of calls.calls(endpoint, { from }))
    if (call.refused !== undefined && (call.version === null || call.version === model.version)) return true;
  return false;
}
