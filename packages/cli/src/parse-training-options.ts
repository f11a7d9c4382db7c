import { basename } from 'node:path';
import { fail, parseGate } from '@slipway/contract';
import { costsOf } from './costs.ts';
import { gather } from './options.ts';
import { parseYaml } from './parse-yaml.ts';
import { readFileUpTo } from './read-file-up-to.ts';
import { validationSet } from './validation-options.ts';

type Wishes = Record<string, unknown>;

/** Parameters as `leaves=31,extraTrees=true`, or out of a file. Throws `command.invalid`, `file.not-found`. */
export async function readParams(text: string): Promise<Wishes> {
  if (!text.includes('=')) return readMapping(text);
  const entries = text.split(',').map((part) => {
    const cut = part.indexOf('=');
    if (cut < 1) throw invalid(`--params ${part}: write it as name=value`);
    return [part.slice(0, cut).trim(), cellOf(part.slice(cut + 1).trim())] as const;
  });
  return Object.fromEntries(entries);
}

function cellOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** A search space out of a file. Throws `command.invalid`, `file.not-found`. */
export function readSpace(path: string): Promise<Wishes> {
  return readMapping(path);
}

/** How a section spells what the contract calls otherwise. */
const SECTION_NAMES = new Map(
  Object.entries({
    budget: 'budgetSeconds',
    'validate-on': 'validateOn',
    gate: 'gates',
    'default-gates': 'defaultGates',
    groups: 'fairness',
  }),
);

/** The section `train:` of a slipway.yaml. Throws `command.invalid`, `file.not-found`. */
export async function readSection(path: string): Promise<Wishes> {
  const { train } = await readMapping(path);
  if (typeof train !== 'object' || train === null || Array.isArray(train))
    throw invalid(`${basename(path)} has no section train:`);
  return Object.fromEntries(
    Object.entries(train).map(([name, value]) => {
      const key = SECTION_NAMES.get(name) ?? name;
      return [key, READ.get(key)?.(value) ?? value];
    }),
  );
}

/** How values of a section are written otherwise than the contract has them. */
const READ = new Map<string, (value: unknown) => unknown>([
  ['metric', (value) => String(value).replaceAll('_', '-')],
  ['budgetSeconds', secondsOf],
  ['costs', (value) => (typeof value === 'string' ? costs(value) : value)],
  ['fairness', (value) => (typeof value === 'string' ? gather(value) : value)],
  ['gates', (value) => listOf(value, (text) => parseGate(text))],
  ['validateOn', (value) => listOf(value, setOf)],
]);

function costs(text: string): unknown {
  try {
    return costsOf(text);
  } catch (error) {
    throw invalid(`train.costs: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function setOf(text: string): unknown {
  try {
    return validationSet(text);
  } catch (error) {
    throw invalid(`train.validateOn ${text}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Texts, one or a list, read by `read`; anything else stays as it is for the server to check. */
function listOf(value: unknown, read: (text: string) => unknown): unknown {
  const list = Array.isArray(value) ? value : [value];
  return list.map((one: unknown) => (typeof one === 'string' ? read(one) : one));
}

const SECONDS_OF = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
]);

function secondsOf(value: unknown): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(String(value).trim());
  if (match === null) throw invalid(`train.budget ${String(value)}: write it as 30s, 5m or 1h`);
  return Number(match[1]) * (SECONDS_OF.get(match[2] ?? 's') ?? 1);
}

/** Options of a training, a search space or a specification, written by hand. */
const LARGEST_BYTES = 1024 ** 2;

/** A mapping out of a YAML or JSON file. Throws `command.invalid`, `file.not-found`. */
export async function readMapping(path: string): Promise<Wishes> {
  const text = await readFileUpTo(path, LARGEST_BYTES);
  let document: unknown;
  try {
    document = parseYaml(text); // JSON is YAML
  } catch (error) {
    throw invalid(
      `${basename(path)}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
    );
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw invalid(`${basename(path)} must be a mapping`);
  return document as Wishes;
}

function invalid(reason: string) {
  return fail('command.invalid', { reason });
}
