import { isOpenRollout } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { modelVersion, type WantedModel } from '../model-version.ts';
import { type CommonOptions, common } from '../options.ts';
import { type RolloutOptions, rolloutOptions, rolloutPlan } from '../rollout-options.ts';
import { saysOf } from '../show-rollout.ts';
import { answer, say } from '../talk.ts';
import { sameFlags } from './up.ts';

export function addDeployCommand(program: Command): void {
  rolloutOptions(common(program.command('deploy')))
    .description(
      'Let a version of a model answer at an endpoint, which is made when there is none: at once, or as the endpoint’s spec or these options say.',
    )
    .argument('<model[@version]>', 'such as digits or digits@2; the newest version unless told', modelVersion)
    .option('--endpoint <name>', 'name of the endpoint (as the model)')
    .action(async (wanted: WantedModel, options: CommonOptions & RolloutOptions & { endpoint?: string }) => {
      const rollout = rolloutPlan(options);
      const client = await connect(options);
      const found = await client.call['endpoints.deploy']({
        body: { ...wanted, endpoint: options.endpoint, rollout },
      });
      answer(found, options.json, () => {
        if (isOpenRollout(found.rollout)) say(saysOf(found.rollout, found.name));
        else say(`Version ${found.version} of ${found.model} answers at ${found.url}`);
        say(`Next: slipway endpoints show ${found.name}${sameFlags(options)}`);
      });
    });
}
