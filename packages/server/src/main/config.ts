import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fail } from '@slipway/contract';
import { workSettings } from '../execution/index.ts';
import { httpSettings } from '../http/index.ts';
import { INFERENCE_SETTINGS } from '../inference/index.ts';
import {
  flagSetting,
  folderSetting,
  isForeignVariable,
  parseYaml,
  type Setting,
  textSetting,
  type ValuesOf,
} from '../kernel/index.ts';
import { ingestSettings } from '../stages/ingest/index.ts';
import { packSettings } from '../stages/pack/index.ts';
import { foreignFile } from './foreign-file.ts';

/** The whole configuration: one slice for each module, plus where the data lies. */
export const SLICES = {
  storage: {
    data: folderSetting({ default: '.slipway', says: 'Data folder; everything Slipway keeps lies in it.' }),
    allowForeignFiles: flagSetting({
      default: false,
      says: 'Accept a data folder and a slipway.yaml that belong to another user or that others can write to, as a mounted volume may; a slipway.yaml cannot say it for itself.',
    }),
  },
  database: {
    url: textSetting({
      default: '',
      says: 'postgres:// address; empty keeps the metadata in the data folder.',
      secret: true,
    }),
  },
  http: httpSettings,
  inference: INFERENCE_SETTINGS,
  ingest: ingestSettings,
  pack: packSettings,
  work: workSettings,
} as const;

export type Config = { [Module in keyof typeof SLICES]: ValuesOf<(typeof SLICES)[Module]> };
/** `memory`: lower than the default, since the machine or the container has no more memory. */
export type Origin = 'default' | 'memory' | 'file' | 'environment' | 'flag';
export type ConfigEntry = { key: string; value: unknown; from: Origin; says: string };
export type LoadedConfig = { config: Config; entries: ConfigEntry[] };

/** A section of `slipway.yaml` that says how to train; `slipway train --config` reads it, and the contract checks it. */
const TRAINING = 'train';

const SHORT_ENVIRONMENT = new Map(
  Object.entries({
    SLIPWAY_DATA: 'storage.data',
    SLIPWAY_PUBLIC_URL: 'http.publicUrl',
    SLIPWAY_INFERENCE_PUBLIC_URL: 'http.inferencePublicUrl',
  }),
);

/**
 * Reads the configuration: defaults < `slipway.yaml` < `SLIPWAY_*` < flags (`key=value`). An empty environment variable counts
 * as unset. Unknown keys are errors;
 * every mistake is reported at once in one `config.invalid`, each with its place and what it must be.
 */
export function loadConfig(sources: {
  environment: NodeJS.ProcessEnv;
  flags: readonly string[];
  folder: string;
}): LoadedConfig {
  const mistakes: string[] = [];
  const told = [...fromEnvironment(sources.environment), ...fromFlags(sources.flags, mistakes)];
  const given = [
    ...fromFile(resolve(sources.folder, 'slipway.yaml'), mistakes, allowsForeignFiles(told)),
    ...told,
  ];
  const entries = new Map(
    allSettings().map(([key, setting]) => [
      key,
      { key, value: setting.default, from: 'default' as Origin, says: setting.says },
    ]),
  );
  const settings = new Map(allSettings());
  for (const { key, raw, from, place } of given) {
    const setting = settings.get(key);
    if (setting === undefined) mistakes.push(`${place}: there is no setting ${key}${nearest(key, settings)}`);
    else
      tryRead(setting, raw, place, mistakes, (value) =>
        entries.set(key, { key, value, from, says: setting.says }),
      );
  }
  if (mistakes.length > 0) throw fail('config.invalid', { reason: mistakes.join('; ') });
  return {
    config: nest(entries),
    entries: [...entries.values()].map((entry) => masked(entry, settings.get(entry.key)!)),
  };
}

type Given = { key: string; raw: unknown; from: Origin; place: string };

function allSettings(): [string, Setting<unknown>][] {
  return Object.entries(SLICES).flatMap(([module, slice]) =>
    Object.entries(slice as Record<string, Setting<unknown>>).map(
      ([name, setting]): [string, Setting<unknown>] => [`${module}.${name}`, setting],
    ),
  );
}

/** Read before the file is, which must not vouch for itself. */
function allowsForeignFiles(told: readonly Given[]): boolean {
  return String(told.findLast(({ key }) => key === 'storage.allowForeignFiles')?.raw) === 'true';
}

function fromFile(path: string, mistakes: string[], allowForeign: boolean): Given[] {
  if (!existsSync(path)) return [];
  const foreign = allowForeign ? undefined : foreignFile(path);
  if (foreign !== undefined) {
    mistakes.push(`slipway.yaml: ${foreign}`);
    return [];
  }
  try {
    const document: unknown = parseYaml(readFileSync(path, 'utf8'), { uniqueKeys: true }) ?? {};
    if (typeof document !== 'object' || document === null || Array.isArray(document))
      throw new Error('it must be a mapping of sections');
    return Object.entries(document).flatMap(([module, slice]) => {
      if (module === TRAINING) return [];
      if (typeof slice !== 'object' || slice === null)
        return [{ key: module, raw: slice, from: 'file' as const, place: `slipway.yaml ${module}` }];
      return Object.entries(slice).map(([name, raw]) => ({
        key: `${module}.${name}`,
        raw,
        from: 'file' as const,
        place: `slipway.yaml ${module}.${name}`,
      }));
    });
  } catch (error) {
    mistakes.push(`slipway.yaml: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Given[] {
  const keys = new Map(allSettings().map(([key]) => [environmentName(key), key]));
  return Object.entries(environment)
    .filter(
      ([name, value]) =>
        name.startsWith('SLIPWAY_') && value !== undefined && value !== '' && !isForeignVariable(name, value),
    )
    .map(([name, raw]) => ({
      key: SHORT_ENVIRONMENT.get(name) ?? keys.get(name) ?? name,
      raw,
      from: 'environment' as const,
      place: name,
    }));
}

/** `http.maxBodyBytes` is `SLIPWAY_HTTP_MAX_BODY_BYTES`. */
export function environmentName(key: string): string {
  return `SLIPWAY_${key
    .replace('.', '_')
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

function fromFlags(flags: readonly string[], mistakes: string[]): Given[] {
  return flags.flatMap((flag) => {
    const cut = flag.indexOf('=');
    if (cut > 0)
      return [
        {
          key: flag.slice(0, cut),
          raw: flag.slice(cut + 1),
          from: 'flag' as const,
          place: `--set ${flag.slice(0, cut)}`,
        },
      ];
    mistakes.push(`--set ${flag}: write it as key=value`);
    return [];
  });
}

function tryRead(
  setting: Setting<unknown>,
  raw: unknown,
  place: string,
  mistakes: string[],
  keep: (value: unknown) => void,
): void {
  try {
    keep(setting.read(raw));
  } catch (error) {
    mistakes.push(`${place} must be ${error instanceof Error ? error.message : String(error)}`);
  }
}

function nearest(key: string, settings: ReadonlyMap<string, unknown>): string {
  const module = key.split('.')[0]!;
  const near = [...settings.keys()].filter(
    (known) => known.startsWith(`${module}.`) || known.endsWith(`.${key}`),
  );
  return near.length === 0 ? '' : ` (there are ${near.join(', ')})`;
}

function nest(entries: ReadonlyMap<string, ConfigEntry>): Config {
  const config = new Map<string, Record<string, unknown>>();
  for (const { key, value } of entries.values()) {
    const [module, name] = key.split('.') as [string, string];
    config.set(module, { ...config.get(module), [name]: value });
  }
  return Object.fromEntries(config) as Config;
}

function masked(entry: ConfigEntry, setting: Setting<unknown>): ConfigEntry {
  if (setting.secret && entry.value !== '') return { ...entry, value: '***' };
  const { value } = entry;
  return typeof value === 'string' && URL.canParse(value) ? { ...entry, value: maskedUrl(value) } : entry;
}

/** Without what an address may carry of secrets: a user, a password, values of its query. */
function maskedUrl(text: string): string {
  const url = new URL(text);
  if (`${url.username}${url.password}${url.search}` === '') return text;
  if (url.username !== '') url.username = '***';
  if (url.password !== '') url.password = '***';
  for (const name of new Set(url.searchParams.keys())) url.searchParams.set(name, '***');
  return url.href;
}
