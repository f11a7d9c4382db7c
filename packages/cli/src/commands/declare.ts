import { type DeclaredSpec, fail, isOpenRollout } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { connect } from '../connect.ts';
import { batchingOption, type CommonOptions, common, percent, wholeNumber } from '../options.ts';
import { answer, clean, say } from '../output.ts';
import { readMapping } from '../parse-training-options.ts';
import { saysOf, showRollout } from '../show-rollout.ts';

type SetOptions = CommonOptions & {
  file?: string;
  weights?: [string, number][];
  stickyHeader?: string;
  stickyColumn?: string;
  shadow?: [string, number] | 'off';
  logPercent?: number;
  strict?: boolean;
  batching?: DeclaredSpec['batching'];
};

/** What endpoints serve: declared, promoted, rolled back, paused, removed; two of the words also by themselves. */
export function addDeclareCommands(program: Command, endpoints: Command): void {
  addSet(endpoints);
  addPromote(endpoints);
  addPromote(program);
  addRollback(endpoints);
  addRollback(program);
  addRollouts(endpoints);
  addPause(endpoints);
  addDelete(endpoints);
}

function addSet(endpoints: Command): void {
  common(endpoints.command('set'))
    .description(
      'Declare the specification of an endpoint, by a file or by options; declaring the same specification again changes nothing.',
    )
    .argument('<endpoint>')
    .option('--file <spec.yaml>', 'a spec, as endpoints show --spec prints it')
    .option('--weights <versions>', 'shares of the requests, such as v3=10,v2=90', weights)
    .option('--sticky-header <name>', 'requests with the same value of a header get the same version')
    .option('--sticky-column <name>', 'requests with the same value of a column get the same version')
    .option(
      '--shadow <version>',
      'version that receives mirrored requests, such as v4=20%; off for none',
      shadow,
    )
    .option('--log-percent <percent>', 'share of the requests whose predictions are logged', percent)
    .option('--strict', 'refuse values that are not in the training data')
    .option('--no-strict', 'predict them with a warning')
    .addOption(batchingOption())
    .action(async (name: string, options: SetOptions) => {
      const client = await connect(options);
      const spec = await wantedSpec(client, name, options);
      const done = await client.call['endpoints.setSpec']({ params: { name }, body: spec });
      answer(done, options.json, () => {
        for (const note of done.notes) say(note);
        if (!done.changed) say(`Nothing to change: ${name} is at revision ${done.revision}.`);
        else if (isOpenRollout(done.rollout)) say(saysOf(done.rollout, name));
        else say(`Endpoint ${name} is at revision ${done.revision}.`);
        if (done.batching !== null && done.batching.mode !== 'auto') say(clean(done.batching.says));
        say(`Next: slipway endpoints show ${name}`);
      });
    });
}

/** The file's spec, or the present one, with the parts that the options name. Throws `command.invalid`. */
async function wantedSpec(client: Client, name: string, options: SetOptions): Promise<DeclaredSpec> {
  const {
    file,
    weights: shares,
    stickyHeader,
    stickyColumn,
    shadow: copies,
    logPercent,
    strict,
    batching,
  } = options;
  const parts = [shares, stickyHeader, stickyColumn, copies, logPercent, strict, batching].filter(
    (part) => part !== undefined,
  );
  if (file === undefined && parts.length === 0)
    throw fail('command.invalid', { reason: 'name what to set: --file, or options such as --weights' });
  const begun =
    file === undefined
      ? (await client.call['endpoints.spec']({ params: { name } })).spec
      : ((await readMapping(file)) as unknown as DeclaredSpec);
  const model = Object.keys(begun.versions ?? {})[0]?.split('@')[0] ?? name;
  const named = (version: string) => (version.includes('@') ? version : `${model}@${version}`);
  const { shadow: before, graph, ...rest } = begun;
  const kept = copies === undefined && before !== undefined ? { ...rest, shadow: before } : rest;
  return {
    ...kept,
    ...(graph !== undefined && shares === undefined && { graph }),
    ...(shares && {
      versions: Object.fromEntries(shares.map(([version, share]) => [named(version), share])),
    }),
    ...(stickyHeader !== undefined && { sticky: { header: stickyHeader } }),
    ...(stickyColumn !== undefined && { sticky: { column: stickyColumn } }),
    ...(copies !== undefined &&
      copies !== 'off' && { shadow: { version: named(copies[0]), percent: copies[1] } }),
    ...(logPercent !== undefined && { log: { percent: logPercent } }),
    ...(strict !== undefined && { strict }),
    ...(batching !== undefined && { batching }),
  };
}

function weights(text: string): [string, number][] {
  return text.split(',').map(versionShare);
}

function shadow(text: string): [string, number] | 'off' {
  return text === 'off' ? 'off' : versionShare(text);
}

/** `v3=10`, `3=10%` or `churn@3=10`. */
function versionShare(text: string): [string, number] {
  const match = /^(?:v(\d+)|(\d+)|([a-z0-9-]+@\d+))=(\d+(?:\.\d+)?)%?$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('Write it as v3=10.');
  const [, short, plain, whole, share] = match;
  return [whole ?? short ?? plain!, Number(share)];
}

function addPromote(parent: Command): void {
  common(parent.command('promote'))
    .description(
      'Send all traffic to a version; without one, to the version being rolled out, else the shadow, else the newest.',
    )
    .argument('<endpoint>')
    .argument('[version]', 'version of the model', wholeNumber)
    .action(async (name: string, version: number | undefined, options: CommonOptions) => {
      const { call } = await connect(options);
      const endpoint = await call['endpoints.promote']({ params: { name }, body: { version } });
      answer(endpoint, options.json, () => say(`Version ${endpoint.version} answers at ${name}.`));
    });
}

function addRollback(parent: Command): void {
  common(parent.command('rollback'))
    .description('Roll back to the previous version at once; during a rollout, end it.')
    .argument('<endpoint>')
    .action(async (name: string, options: CommonOptions) => {
      const endpoint = await (await connect(options)).call['endpoints.rollback']({ params: { name } });
      answer(endpoint, options.json, () => say(`Version ${endpoint.version} answers at ${name} again.`));
    });
}

function addRollouts(endpoints: Command): void {
  common(endpoints.command('rollouts'))
    .description('List the rollouts of an endpoint, newest first, with the measurements that decided them.')
    .argument('<endpoint>')
    .option('--limit <n>', 'how many', wholeNumber, 5)
    .action(async (name: string, options: CommonOptions & { limit: number }) => {
      const { call } = await connect(options);
      const found = await call['endpoints.rollouts']({ params: { name }, query: { limit: options.limit } });
      answer(found, options.json, () => {
        for (const rollout of found.rollouts) showRollout(rollout);
        if (found.rollouts.length === 0) say(`No rollouts at ${name} by steps.`);
      });
    });
}

function addPause(endpoints: Command): void {
  common(endpoints.command('pause'))
    .description('Answer 503 to every caller until it is resumed.')
    .argument('<endpoint>')
    .action(async (name: string, options: CommonOptions) => {
      const endpoint = await (await connect(options)).call['endpoints.pause']({ params: { name } });
      answer(endpoint, options.json, () => {
        say(`Endpoint ${name} is paused: callers get 503.`);
        say(`Next: slipway endpoints resume ${name}`);
      });
    });
  common(endpoints.command('resume'))
    .description('Resume a paused endpoint.')
    .argument('<endpoint>')
    .action(async (name: string, options: CommonOptions) => {
      const endpoint = await (await connect(options)).call['endpoints.resume']({ params: { name } });
      answer(endpoint, options.json, () => say(`Version ${endpoint.version} answers at ${name} again.`));
    });
}

function addDelete(endpoints: Command): void {
  common(endpoints.command('delete'))
    .description(
      'Remove an endpoint and its tokens; the model, the prediction log, labels and reports are kept.',
    )
    .argument('<endpoint>')
    .option('--yes', 'confirm the removal; callers get 404 afterwards')
    .action(async (name: string, options: CommonOptions & { yes?: boolean }) => {
      if (!options.yes)
        throw fail('command.invalid', {
          reason: `this ends ${name} for its callers and makes its tokens useless; add --yes`,
        });
      const gone = await (await connect(options)).call['endpoints.delete']({ params: { name } });
      answer(gone, options.json, () => say(`Endpoint ${name} is gone, and ${gone.tokens} tokens with it.`));
    });
}
