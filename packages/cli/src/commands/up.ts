import { fail } from '@slipway/contract';
import type { Command } from 'commander';
import { findServer, readServerFile, tokenFor } from '../connect.ts';
import { environment } from '../environment.ts';
import { interruption } from '../interruption.ts';
import { isTight, memoryInWords } from '../memory-in-words.ts';
import { type CommonOptions, common, gatherWhole, serverUrl } from '../options.ts';
import { answer, say } from '../output.ts';
import { type PlatformProcess, startPlatform, type UpOptions } from '../platform.ts';
import { untilStopped } from '../until-stopped.ts';

type Options = CommonOptions & UpOptions;

export function addUpCommand(program: Command): void {
  withPorts(common(program.command('up')))
    .description('Start the platform and keep it running until Ctrl-C.')
    .option(
      '--adopt-database',
      'adopt the database although it is empty or records another data folder (after a restore)',
    )
    .action(async (options: Options) => {
      await refuseSecond(options);
      const { signal } = interruption();
      if (!options.json) say('Starting Slipway …');
      const platform = await startPlatform(options, signal);
      await sayReady(platform, options);
      process.exitCode = await untilStopped(platform, signal);
    });
}

/** Throws `storage.locked` when a platform runs on the folder, before another one is started in vain. */
async function refuseSecond({ data, allowForeignFiles }: Options): Promise<void> {
  if ((await findServer({ data, allowForeignFiles })) === undefined) return;
  throw fail('storage.locked', { folder: data, pid: (await readServerFile(data))?.pid ?? 0 });
}

/** The options of a command that may start the platform itself. */
export function withPorts(command: Command): Command {
  command.optionsGroup('Where the platform is started:');
  command
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--port <number>', 'port of the control plane and the console (default 7400)')
    .option('--inference-port <number>', 'port of the data plane (default 7401)')
    .option('--public-url <url>', 'address by which others reach the control plane and the console')
    .option('--inference-public-url <url>', 'address by which others reach the data plane')
    .option('--tls-certificate <file>', 'PEM file with the certificate to serve with, and its chain')
    .option('--tls-key <file>', 'PEM file with the key of the certificate')
    .option('--insecure', 'listen beyond loopback without TLS, when TLS ends in front')
    .option(
      '--set <key=value>',
      'any other setting; repeatable; the value may contain commas; see slipway config',
      gatherWhole,
    );
  return command.optionsGroup('Options:');
}

async function sayReady({ ready, memory }: PlatformProcess, options: Options): Promise<void> {
  answer(ready, options.json, () => {});
  if (options.json) return;
  say(`Slipway is ready.`);
  say(`  console    ${await consoleLink(ready.publicUrl, options)}`);
  say(`  API        ${ready.publicUrl}/api/docs`);
  say(`  endpoints  ${ready.inferencePublicUrl}`);
  say(`  data       ${ready.dataFolder}`);
  if (isTight(memory)) say(`  memory     ${memoryInWords(memory)}`);
  say(`\nNext: slipway ship customers.csv --target churned${sameFlags(options)}`);
  say('Ctrl-C stops it.');
}

/** On a terminal the link carries the key in its fragment, which never leaves the browser. */
export async function consoleLink(url: string, options: CommonOptions): Promise<string> {
  const key = await tokenFor(options);
  return key === undefined || !process.stderr.isTTY ? url : `${url}/#key=${key}`;
}

/** What a printed command needs so that it finds the same platform. */
export function sameFlags({ data, dataGiven, server }: CommonOptions): string {
  const elsewhere =
    server === undefined || server === serverOfEnvironment() ? '' : ` --server ${quoted(server)}`;
  return `${dataGiven ? ` --data ${quoted(data)}` : ''}${elsewhere}`;
}

function serverOfEnvironment(): string | undefined {
  const told = environment('SLIPWAY_SERVER');
  return told && serverUrl(told);
}

/** For a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
