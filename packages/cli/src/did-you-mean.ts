import { isFailure, ownValue, type SlipwayError } from '@slipway/contract';
import type { Client } from '@slipway/sdk';

type Names = (client: Client) => Promise<string[]>;

/** Objects that are asked for by name, and where the names are. */
const LISTS = new Map<string, Names>([
  [
    'endpoint.missing',
    async ({ call }) => (await call['endpoints.list']()).endpoints.map(({ name }) => name),
  ],
  ['model.missing', async ({ call }) => (await call['models.list']()).models.map(({ name }) => name)],
  ['dataset.missing', async ({ call }) => (await call['datasets.list']()).datasets.map(({ name }) => name)],
]);

/** Details that hold the name given, and those that hold the right ones. */
const GIVEN = ['target', 'column', 'learner', 'name', 'dataset', 'model'];
const RIGHT = ['columns', 'known'];

/** The right name nearest to a mistyped one of an object or a column; undefined where none is near. */
export async function nearestRight(error: unknown, client: Client | undefined): Promise<string | undefined> {
  if (!isFailure(error)) return undefined;
  const given = GIVEN.map((key) => ownValue(error.details, key)).find((value) => typeof value === 'string');
  if (typeof given !== 'string') return undefined;
  const names = (await listOf(error, client)) ?? [];
  return nearest(given, names);
}

async function listOf(
  error: SlipwayError,
  client: Client | undefined,
): Promise<readonly string[] | undefined> {
  const list = LISTS.get(error.code);
  if (list !== undefined) return client && list(client).catch(() => undefined);
  return RIGHT.map((key) => ownValue(error.details, key)).find((value) => Array.isArray(value));
}

/** The name of fewest edits, at most a third of the given one's length and at least one; case and spaces do not count. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(bare(given).length / 3));
  const ranked = names
    .filter((name) => name !== given)
    .map((name) => ({ name, edits: editsBetween(bare(given), bare(name)) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= limit ? best.name : undefined;
}

function bare(name: string): string {
  return name.normalize('NFKC').toLowerCase().trim().slice(0, 100);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editsBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replaced, swapped, last[j]! + 1, row[j - 1]! + 1));
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
