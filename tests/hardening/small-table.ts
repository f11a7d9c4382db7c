import type { PipelineRun, ShipRequest, ShipResult } from '@slipway/contract';
import { type Client, followPipelineRun } from '@slipway/sdk';

/** A table of customers in which the young ones with a gold plan leave. */
export function smallTable(rows = 400): string {
  const lines = ['age,plan,city,left'];
  for (let row = 0; row < rows; row++) {
    const age = 18 + ((row * 37) % 60);
    const plan = ['gold', 'silver', 'none'][(row * 7) % 3]!;
    const leaves = (age < 40 && plan === 'gold') || age > 70;
    lines.push(`${age},${plan},town${(row * 13) % 5},${leaves ? 'yes' : 'no'}`);
  }
  return `${lines.join('\n')}\n`;
}

export async function upload(client: Client, content: string | Uint8Array, filename = 'customers.csv') {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return client.call['uploads.create']({ query: { filename }, body: bytes });
}

/** Begins a pipeline run with the small table, or with what is given. */
export async function beginShip(
  client: Client,
  name: string,
  options: Partial<ShipRequest> & { content?: string | Uint8Array; filename?: string } = {},
): Promise<PipelineRun> {
  const { content = smallTable(), filename, ...rest } = options;
  const { id } = await upload(client, content, filename);
  return client.call['pipelineRuns.ship']({
    body: { uploadId: id, name, target: 'left', budgetSeconds: 2, ...rest },
  });
}

/** Ships the small table and gives the result. Throws the pipeline run's failure. */
export async function shipSmall(client: Client, name: string): Promise<ShipResult> {
  const pipelineRun = await followPipelineRun(client, (await beginShip(client, name)).id, () => {});
  if (pipelineRun.result === null) throw new Error(`the pipeline run ended as ${pipelineRun.state}`);
  return pipelineRun.result;
}
