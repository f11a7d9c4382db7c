import { type BatchingMode, type Endpoint, isFailure, isOpenRollout } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { modelVersion, type WantedModel } from '../model-version.ts';
import { batchingOption, type CommonOptions, common } from '../options.ts';
import { answer, clean, say } from '../output.ts';
import { type RolloutOptions, rolloutOptions, rolloutPlan } from '../rollout-options.ts';
import { saysOf } from '../show-rollout.ts';
import { sameFlags } from './up.ts';

type DeployOptions = CommonOptions & RolloutOptions & { endpoint?: string; batching?: BatchingMode };

export function addDeployCommand(program: Command): void {
  rolloutOptions(common(program.command('deploy')))
    .description(
      'Deploy a version of a model to an endpoint, which is created when it does not exist: at once, or by the rollout that the endpoint’s spec or these options declare.',
    )
    .argument('<model[@version]>', 'such as digits or digits@2; default: the newest version', modelVersion)
    .option('--endpoint <name>', 'name of the endpoint (as the model)')
    .addOption(batchingOption())
    .action(async (wanted: WantedModel, options: DeployOptions) => {
      const rollout = rolloutPlan(options);
      const client = await connect(options);
      const { endpoint, batching } = options;
      const isDeclared = await declareBatching(client, endpoint ?? wanted.model, batching);
      const made = await client.call['endpoints.deploy']({ body: { ...wanted, endpoint, rollout } });
      const found = isDeclared ? made : await withBatching(client, made, batching);
      answer(found, options.json, () => {
        if (isOpenRollout(found.rollout)) say(saysOf(found.rollout, found.name));
        else say(`Version ${found.version} of ${found.model} answers at ${found.url}`);
        if (found.batching !== null && found.batching.mode !== 'auto') say(clean(found.batching.says));
        say(`Next: slipway endpoints show ${found.name}${sameFlags(options)}`);
      });
    });
}

/** Sets the mode before the version is deployed, where the endpoint is there already. Returns whether it was. */
async function declareBatching(
  client: Client,
  name: string,
  batching: BatchingMode | undefined,
): Promise<boolean> {
  if (batching === undefined) return true;
  try {
    const { spec } = await client.call['endpoints.spec']({ params: { name } });
    if (spec.batching !== batching)
      await client.call['endpoints.setSpec']({ params: { name }, body: { ...spec, batching } });
    return true;
  } catch (error) {
    if (isFailure(error, 'endpoint.missing') || isFailure(error, 'endpoint.not-ready')) return false;
    throw error;
  }
}

async function withBatching(
  client: Client,
  { name, spec }: Endpoint,
  batching: BatchingMode | undefined,
): Promise<Endpoint> {
  if (batching !== undefined)
    await client.call['endpoints.setSpec']({ params: { name }, body: { ...spec, batching } });
  return client.call['endpoints.get']({ params: { name } });
}
