import { resolve } from 'node:path';
import { failureData, isFailure } from '@slipway/contract';
import { inspectDataFolder } from '../adapters/data-folder/index.ts';
import { loadConfig } from './config.ts';
import { keepServing } from './keep-serving.ts';
import { type Platform, startPlatform } from './wire.ts';

/**
 * The control plane.
 *
 *   control [--set key=value]…         runs until SIGINT or SIGTERM
 *   control --print-config [--set …]   prints the configuration as JSON
 *   control --inspect-data [--set …]   prints what the data folder is, as JSON; changes nothing
 *
 * Forked with a channel it tells its parent `{ step }` while it starts, then `{ ready: { url, … } }` or `{ failure }`.
 */
async function main(): Promise<void> {
  const flags = flagValues(process.argv.slice(2));
  const loaded = loadConfig({ environment: process.env, flags, folder: process.cwd() });
  if (process.argv.includes('--print-config')) {
    process.stdout.write(`${JSON.stringify(loaded.entries)}\n`);
    return;
  }
  if (process.argv.includes('--inspect-data')) {
    const folder = resolve(loaded.config.storage.data);
    process.stdout.write(`${JSON.stringify({ folder, state: await inspectDataFolder(folder) })}\n`);
    return;
  }
  const starting = startPlatform(loaded, {
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
  const told = isFailure(error) ? failureData(error) : undefined;
  if (process.send !== undefined && told !== undefined) process.send({ failure: told });
  else if (told !== undefined) process.stderr.write(`${told.message}\n${told.hint}\n`);
  else process.stderr.write(`slipway: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 200).unref();
});
