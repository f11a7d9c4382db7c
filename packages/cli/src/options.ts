import { batchingModeSchema } from '@slipway/contract';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { environment } from './environment.ts';

/** What every command understands. */
export type CommonOptions = {
  data: string;
  /** Whether --data was given on the command line. */
  dataGiven?: boolean;
  server?: string;
  token?: string;
  /** A data folder and a slipway.yaml of another user are accepted. */
  allowForeignFiles?: boolean;
  json?: boolean;
};

/** Headings of options that many commands have. */
export const SHARED_GROUPS: readonly string[] = [
  'Where the platform is started:',
  'Options of every command:',
];

/** Adds the options that every command understands. */
export function common(command: Command): Command {
  command.optionsGroup('Options of every command:');
  command
    .option('--data <dir>', 'data folder', folderPath, environment('SLIPWAY_DATA') ?? '.slipway')
    .addOption(
      new Option('--server <address>', 'a running Slipway, as host:port or URL')
        .argParser(serverUrl)
        .env('SLIPWAY_SERVER'),
    )
    .option(
      '--token <key>',
      'API key (or SLIPWAY_TOKEN); on this machine the owner key is found in the data folder',
      environment('SLIPWAY_TOKEN'),
    )
    .option(
      '--allow-foreign-files',
      'accept a data folder and a slipway.yaml that another user owns or can write to',
      environment('SLIPWAY_STORAGE_ALLOW_FOREIGN_FILES') === 'true',
    )
    .option('--json', 'print the result as JSON on stdout');
  return command.optionsGroup('Options:');
}

/** An empty path, as an unset shell variable gives it, would mean the working folder. */
function folderPath(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty: name a folder, or leave --data out.');
  return text;
}

const DEFAULT_PORT = 7400;

/** `http://host:port` of what is written so, as `host:port` or as `host`, which means port 7400. */
export function serverUrl(text: string): string {
  const problem = 'Write it as host:port, or as http://host:port or https://host.';
  if (/^https?:\/\//i.test(text)) {
    if (!URL.canParse(text)) throw new InvalidArgumentError(problem);
    return text;
  }
  const url = `http://${text}`;
  if (/:\/\//.test(text) || text.trim() === '' || !URL.canParse(url)) throw new InvalidArgumentError(problem);
  const { host, port, pathname } = new URL(url);
  // URL drops a port 80, which is told all the same.
  return `http://${host}${port === '' && !/:80(?:\/|$)/.test(text) ? `:${DEFAULT_PORT}` : ''}${pathname === '/' ? '' : pathname}`;
}

/** Whether requests for a model of tensors share runs. */
export function batchingOption(): Option {
  return new Option(
    '--batching <mode>',
    'batching of requests for a tensor model: auto (only if the graph proves that rows are independent), on, off',
  ).choices(batchingModeSchema.options);
}

const SECONDS_OF = new Map([
  ['ms', 0.001],
  ['s', 1],
  ['m', 60],
  ['h', 3600],
]);

/** `30s`, `5m`, `1h` or plain seconds, in seconds. */
export function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError('Write it as 30s, 5m or 1h.');
  const factor = SECONDS_OF.get(match[2] ?? 's') ?? 1;
  return Number(match[1]) * factor;
}

/** `10` or `10%`. */
export function percent(text: string): number {
  const value = Number(text.trim().replace(/%$/, ''));
  if (text.trim() === '' || !(value > 0 && value <= 100))
    throw new InvalidArgumentError('Write it as 10%, up to 100%.');
  return value;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('Give a whole number.');
  return value;
}

/** Gathers a repeated option: `--exclude a --exclude b` or `--exclude a,b`. */
export function gather(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').map((part) => part.trim())];
}

/** Gathers a repeated option whose value is taken as it is, commas too: `--set a=1 --set b=x,y`. */
export function gatherWhole(text: string, before: string[] = []): string[] {
  return [...before, text];
}
