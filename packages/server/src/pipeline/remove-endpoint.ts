import { fail } from '@slipway/contract';
import type { JourneyPorts } from './ports.ts';

/**
 * Removes an endpoint and its tokens; the model, the prediction log, labels and reports stay. Throws `endpoint.missing`, and
 * `journey.running` while a journey may yet deploy there.
 */
export async function removeEndpoint(
  { database, deployer }: Pick<JourneyPorts, 'database' | 'deployer'>,
  { name, by }: { name: string; by: string },
): Promise<{ tokens: number }> {
  const { endpoints, journeys } = database.stores;
  await endpoints.get(name);
  const [running] = await journeys.list({ name, state: 'running', limit: 1 });
  if (running !== undefined) throw fail('journey.running', { name, id: running.id });
  return deployer.remove(name, by);
}
