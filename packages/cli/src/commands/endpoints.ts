import { CALL_SNIPPETS, type Endpoint, type GraphView, recencyInWords, TOKEN_PLACE } from '@slipway/contract';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { connect } from '../connect.ts';
import { type CommonOptions, common, wholeNumber } from '../options.ts';
import { answer, clean, print, say, table } from '../output.ts';
import { type RecencyFlags, recencyOf, withRecency } from '../recency-options.ts';
import { showTraffic } from '../show-rollout.ts';
import { workersText } from '../show-workers.ts';
import { addDeclareCommands } from './declare.ts';
import { addExport } from './export.ts';
import { showTensors } from './import-model.ts';

type PolicyOptions = CommonOptions &
  RecencyFlags & {
    retrain: 'off' | 'propose' | 'auto';
    minLabels?: number;
    cooldownHours?: number;
    checkEveryMinutes?: number;
  };

type TokenOptions = CommonOptions & { name: string; requestsPerSecond?: number; rowsPerDay?: number };

export function addEndpointCommands(program: Command): void {
  const endpoints = program
    .command('endpoints')
    .description('Endpoints, their specifications, tokens and rollouts.');
  addList(endpoints);
  addShow(endpoints);
  addPolicy(endpoints);
  addMonitoring(endpoints);
  addToken(endpoints);
  addDeclareCommands(program, endpoints);
  addExport(program);
}

function addList(endpoints: Command): void {
  common(endpoints.command('list'))
    .description('List the endpoints.')
    .action(async (options: CommonOptions) => {
      const found = await (await connect(options)).call['endpoints.list']();
      answer(found, options.json, () =>
        table(
          ['endpoint', 'state', 'version', 'task', 'target', 'predictions', 'url'],
          found.endpoints.map((one) => [
            one.name,
            one.state,
            one.version,
            one.task,
            one.target,
            one.predictions,
            one.url,
          ]),
        ),
      );
    });
}

function addShow(endpoints: Command): void {
  common(endpoints.command('show'))
    .description('Show an endpoint: schema, revisions, a call that works.')
    .argument('<endpoint>')
    .option('--spec', 'print what is declared as YAML, for endpoints set')
    .action(async (name: string, options: CommonOptions & { spec?: boolean }) => {
      const { call } = await connect(options);
      if (options.spec) {
        const { spec } = await call['endpoints.spec']({ params: { name } });
        answer(spec, options.json, () => print(stringify(spec)));
        return;
      }
      const found = await call['endpoints.get']({ params: { name } });
      answer(found, options.json, () => showEndpoint(found));
    });
}

function showEndpoint(endpoint: Endpoint): void {
  print(
    `${endpoint.name} is ${endpoint.state}: version ${endpoint.version} predicts ${endpoint.target} (${endpoint.task})`,
  );
  print(workersText(endpoint.workers));
  showTraffic(endpoint);
  showMonitoring(endpoint.monitoring);
  print();
  if (endpoint.graph !== null) showGraph(endpoint.graph);
  if (endpoint.tensors === null) showColumns(endpoint);
  else showTensors(endpoint.tensors);
  table(
    ['revision', 'version', 'why', 'by', 'at'],
    endpoint.revisions.map((one) => [one.revision, one.version, one.reason, one.by, one.createdAt]),
  );
  print(`\nCall it with a token in place of ${TOKEN_PLACE} (slipway endpoints token makes one):`);
  const { url, inferUrl, example: body } = endpoint;
  if (body.rows?.length === 0) {
    print(`\nOpen Inference Protocol, version 2: POST ${inferUrl}`);
    return;
  }
  for (const { title, write } of Object.values(CALL_SNIPPETS)) {
    print(`\n${title}:\n${write({ url, token: TOKEN_PLACE, body })}`);
  }
}

/** The nodes of an inference graph, each below the node that uses it. */
function showGraph({ lines, notes }: GraphView): void {
  print('Inference graph:');
  for (const { depth, says } of lines) print(`  ${'  '.repeat(depth)}${says}`);
  for (const note of notes) print(note);
  print();
}

function showColumns({ inputs }: Endpoint): void {
  table(
    ['column', 'type', 'may be missing'],
    inputs.map((input) => [input.name, input.type, input.nullable ? 'yes' : 'no']),
  );
  print();
}

function addPolicy(endpoints: Command): void {
  withRecency(common(endpoints.command('policy')))
    .description('Set when an endpoint retrains automatically.')
    .argument('<endpoint>')
    .addOption(
      new Option('--retrain <mode>', 'what to do when monitoring calls for it')
        .choices(['off', 'propose', 'auto'])
        .makeOptionMandatory(),
    )
    .option('--min-labels <n>', 'fresh labelled predictions needed', wholeNumber)
    .option('--cooldown-hours <n>', 'minimum hours between trainings', Number)
    .option(
      '--check-every-minutes <n>',
      'deprecated: use slipway endpoints monitoring --every-minutes',
      Number,
    )
    .action(async (name: string, options: PolicyOptions) => {
      const { retrain: mode, minLabels, cooldownHours, checkEveryMinutes } = options;
      const client = await connect(options);
      const endpoint = await client.call['endpoints.policy']({
        params: { name },
        body: { mode, minLabels, cooldownHours, checkEveryMinutes, recent: recencyOf(options) },
      });
      answer(endpoint.policy, options.json, () =>
        say(
          `Automatic retraining is ${endpoint.policy.mode} at ${name}. Retrainings use ${endpoint.policy.recent ? recencyInWords(endpoint.policy.recent) : 'all rows'}.`,
        ),
      );
    });
}

type MonitoringOptions = CommonOptions & { on?: boolean; off?: boolean; everyMinutes?: number };

function addMonitoring(endpoints: Command): void {
  common(endpoints.command('monitoring'))
    .description('Show or set the schedule by which an endpoint is monitored; every hour unless it is set.')
    .argument('<endpoint>')
    .addOption(new Option('--on', 'monitor on a schedule').conflicts('off'))
    .addOption(new Option('--off', 'monitor only when asked, with slipway monitor'))
    .option('--every-minutes <n>', 'minutes from one run to the next', Number)
    .action(async (name: string, options: MonitoringOptions) => {
      const { call } = await connect(options);
      const params = { name };
      const { on, off, everyMinutes } = options;
      const found = await call['endpoints.get']({ params });
      const before = found.monitoring;
      const isSet = on === true || off === true || everyMinutes !== undefined;
      const enabled = off === true ? false : on === true || before.enabled;
      const body = { enabled, everyMinutes: everyMinutes ?? before.everyMinutes };
      const { monitoring } = isSet ? await call['endpoints.monitoring']({ params, body }) : found;
      answer(monitoring, options.json, () => showMonitoring(monitoring));
    });
}

function showMonitoring({ says, lastRun, nextRunAt }: Endpoint['monitoring']): void {
  print(clean(says));
  if (lastRun !== null) print(`last run: ${lastRun.outcome}, begun at ${lastRun.startedAt}`);
  if (nextRunAt !== null) print(`next run: ${nextRunAt}`);
}

function addToken(endpoints: Command): void {
  common(endpoints.command('token'))
    .description('Make a token that may call one endpoint and nothing else.')
    .argument('<endpoint>')
    .option('--name <name>', 'what it is for', 'cli')
    .option('--requests-per-second <n>', 'requests per second with this token; 0 for no limit', wholeNumber)
    .option('--rows-per-day <n>', 'rows per day (UTC) with this token; 0 for no limit', wholeNumber)
    .action(async (name: string, options: TokenOptions) => {
      const { requestsPerSecond, rowsPerDay } = options;
      const hasLimits = requestsPerSecond !== undefined || rowsPerDay !== undefined;
      const made = await (await connect(options)).call['tokens.create']({
        params: { name },
        body: { name: options.name, ...(hasLimits && { limits: { requestsPerSecond, rowsPerDay } }) },
      });
      answer(made, options.json, () => process.stdout.write(`${made.secret}\n`));
    });
}
