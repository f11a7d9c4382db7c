import { resolve } from 'node:path';
import { failureData, isFailure, loopbackUnproxied } from '@slipway/contract';
import { inspectDataFolder, refuseForeignFolder } from '../adapters/data-folder/index.ts';
import { memoryKills, watchMemoryKills } from '../adapters/processes/index.ts';
import { openSandbox } from '../adapters/sandbox/index.ts';
import { loadConfig } from './config.ts';
import { fitToMemory } from './fit-to-memory.ts';
import { INSTALLATION } from './installation.ts';
import { keepServing } from './keep-serving.ts';
import { memoryOfMachine } from './memory-of-machine.ts';
import { ignoreOutputErrors } from './outputs-that-may-fail.ts';
import { startFailure } from './start-failure.ts';
import { type Platform, startPlatform } from './wire.ts';

/**
 * The control plane.
 *
 *   control [--set key=value]…         runs until SIGINT or SIGTERM
 *   control --adopt-database [--set …] takes a database that is empty, or of another data folder, for its own
 *   control --temporary [--set …]      tells other commands that the one that started it will end it
 *   control --print-config [--set …]   prints the configuration as JSON
 *   control --inspect-sandbox [--set …] prints how jobs and models are confined here, as JSON
 *   control --inspect-memory [--set …] prints what the memory allows and how often it was used up, as JSON
 *   control --inspect-data [--set …]   prints what the data folder is, as JSON; changes nothing
 *
 * Forked with a channel it tells its parent `{ memory }` and `{ step }` while it starts, then `{ ready: { url, … } }` or `{ failure }`.
 */
async function main(): Promise<void> {
  ignoreOutputErrors();
  const { no_proxy, NO_PROXY } = loopbackUnproxied(process.env);
  process.env['no_proxy'] = no_proxy;
  process.env['NO_PROXY'] = NO_PROXY;
  const flags = flagValues(process.argv.slice(2));
  const loaded = fitToMemory(
    loadConfig({ environment: process.env, flags, folder: process.cwd() }),
    memoryOfMachine(),
  );
  if (process.argv.includes('--inspect-memory')) {
    process.stdout.write(`${JSON.stringify({ ...loaded.plan, kills: memoryKills() ?? 0 })}\n`);
    return;
  }
  if (process.argv.includes('--print-config')) {
    process.stdout.write(`${JSON.stringify(loaded.entries)}\n`);
    return;
  }
  if (process.argv.includes('--inspect-data')) {
    const folder = resolve(loaded.config.storage.data);
    const state = await inspectDataFolder(folder);
    if (!loaded.config.storage.allowForeignFiles) await refuseForeignFolder(folder, state);
    process.stdout.write(`${JSON.stringify({ folder, state })}\n`);
    return;
  }
  if (process.argv.includes('--inspect-sandbox')) {
    const {
      level,
      lacks = null,
      processes,
    } = await openSandbox(loaded.config.work.sandbox, INSTALLATION.programs.worker, {
      searchPath: process.env['PATH'],
    });
    process.stdout.write(`${JSON.stringify({ level, lacks, processes })}\n`);
    return;
  }
  if (process.connected) process.send?.({ memory: loaded.plan });
  watchMemoryKills((kills) => process.connected && process.send?.({ kills }));
  const adoptDatabase = process.argv.includes('--adopt-database');
  const temporary = process.argv.includes('--temporary');
  const starting = startPlatform(loaded, {
    adoptDatabase,
    temporary,
    onLost: () => endAfter(starting),
    onStep: (step) => {
      if (process.connected) process.send?.({ step });
    },
  });
  stopOnSignals(() =>
    starting.then(
      (platform) => platform.stop(),
      () => undefined, // told below
    ),
  );
  const { ready, onUncaught } = await starting;
  keepServing({ onUncaught, giveUp: () => endAfter(starting) });
  if (process.connected) process.send?.({ ready });
}

/** `--set a=1 --set b=2` gives ['a=1', 'b=2']. */
function flagValues(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => (args[index - 1] === '--set' ? [arg] : []));
}

const STOP_LIMIT_MS = 30_000;

/** Ends in order what has started, and tells by the exit code that nobody asked for it. */
function endAfter(starting: Promise<Platform>): void {
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
  starting
    .then((platform) => platform.stop())
    .then(
      () => process.exit(1),
      () => process.exit(1),
    );
}

/**
 * The first signal ends everything in order, also one that comes while starting; a second one ends it at once. When
 * the parent goes away this ends in order too, and nobody is left to send a second signal: after a while it just ends.
 */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const begin = () => {
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`slipway: ${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  const onSignal = (code: number) => (stopping ? process.exit(code) : begin());
  process.on('SIGINT', () => onSignal(130));
  process.on('SIGTERM', () => onSignal(143));
  process.on('disconnect', () => {
    setTimeout(() => process.exit(129), STOP_LIMIT_MS).unref();
    if (!stopping) begin();
  });
}

main().catch((error: unknown) => {
  const told = failureData(startFailure(error));
  if (process.env['DEBUG'] && !isFailure(error))
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  if (process.send !== undefined) process.send({ failure: told });
  else process.stderr.write(`${told.message}\n${told.hint}\n`);
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 200).unref();
});
