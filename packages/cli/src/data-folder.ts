import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { CommonOptions } from './options.ts';
import { printConfig } from './platform.ts';

/**
 * Settles which data folder a command means: --data, else SLIPWAY_DATA, else what `slipway.yaml` here says, else
 * `.slipway`. Only a `slipway.yaml` costs time: the control plane is the one that reads it.
 */
export function findDataFolder(command: Command): void {
  const dataGiven = command.getOptionValueSource('data') === 'cli';
  command.setOptionValue('dataGiven', dataGiven);
  const { data } = command.opts<CommonOptions>();
  if (dataGiven || process.env.SLIPWAY_DATA !== undefined || !existsSync('slipway.yaml')) return;
  const entries = printConfig({ data, dataGiven }) as { key: string; value: unknown }[];
  command.setOptionValue('data', entries.find(({ key }) => key === 'storage.data')?.value ?? data);
}
