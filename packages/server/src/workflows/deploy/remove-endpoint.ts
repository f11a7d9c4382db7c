import { fail } from '@slipway/contract';
import type { PipelineRunPorts } from '../ports.ts';

/**
 * Removes an endpoint and its tokens; the model, the prediction log, labels and reports stay. Throws `endpoint.missing`, and
 * `pipeline-run.running` while a pipeline run may yet deploy there.
 */
export async function removeEndpoint(
  { database, deployer }: Pick<PipelineRunPorts, 'database' | 'deployer'>,
  { name, by }: { name: string; by: string },
): Promise<{ tokens: number }> {
  const { endpoints, pipelineRuns } = database.stores;
  await endpoints.get(name);
  const [running] = await pipelineRuns.list({ name, state: 'running', limit: 1 });
  if (running !== undefined) throw fail('pipeline-run.running', { name, id: running.id });
  return deployer.remove(name, by);
}
