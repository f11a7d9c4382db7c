import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { environment } from './environment.ts';
import type { CommonOptions } from './options.ts';
import { printConfig } from './platform.ts';

/**
 * Settles which data folder a command means: --data, else SLIPWAY_DATA, else what the configuration says
 * (`SLIPWAY_STORAGE_DATA`, a `slipway.yaml` here), else `.slipway`. Only the configuration costs time: the control plane is
 * the one that reads it.
 */
export function findDataFolder(command: Command): void {
  const dataGiven = command.getOptionValueSource('data') === 'cli';
  command.setOptionValue('dataGiven', dataGiven);
  const { data } = command.opts<CommonOptions>();
  if (dataGiven || environment('SLIPWAY_DATA') !== undefined) return;
  if (environment('SLIPWAY_STORAGE_DATA') === undefined && !existsSync('slipway.yaml')) return;
  // With all that was told, so that a mistake in the settings is told with every other.
  const entries = printConfig({ ...command.opts(), data, dataGiven }) as { key: string; value: unknown }[];
  command.setOptionValue('data', entries.find(({ key }) => key === 'storage.data')?.value ?? data);
}
