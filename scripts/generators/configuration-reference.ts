import { environmentName, SLICES } from '../../packages/server/src/main/config.ts';
import { code, GENERATED_NOTICE, table } from './markdown.ts';

type Described = { default: unknown; says: string; secret?: boolean };

/** Every setting, room by room: its key, the environment variable of the same meaning, and its default. */
export function configurationReference(): string {
  const modules = Object.entries(SLICES) as [string, Record<string, Described>][];
  return [
    GENERATED_NOTICE,
    '',
    '# Configuration',
    '',
    'Defaults < `slipway.yaml` in the working folder < `SLIPWAY_*` in the environment < flags (`--set key=value`). An',
    'unknown key is an error, and all mistakes are reported at once. `slipway config` prints each value and where it came',
    'from; secrets print as `***`.',
    '',
    '```yaml',
    '# slipway.yaml',
    'http:',
    '  port: 7400',
    '```',
    ...modules.map(([module, slice]) => section(module, Object.entries(slice))),
    '',
  ].join('\n');
}

function section(module: string, settings: [string, Described][]): string {
  const rows = settings.map(([name, { default: value, says }]) => {
    const key = `${module}.${name}`;
    return [code(key), code(environmentName(key)), shown(value), says];
  });
  return `\n## ${module}\n\n${table(['key', 'environment', 'default', 'what it is'], rows)}`;
}

function shown(value: unknown): string {
  return value === '' || (Array.isArray(value) && value.length === 0) ? '(none)' : code(String(value));
}
