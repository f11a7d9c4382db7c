import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findLookups, type Lookup, RULES } from '../../scripts/lookup-rules/find-lookups.mjs';
import { sourceFiles } from './source-files.ts';

/** One offence a line, with the rule that it breaks. */
const OFFENCES: readonly (readonly [rule: keyof typeof RULES, code: string])[] = [
  ['access', 'export const read = (key: string) => TABLE[key];'],
  ['access', 'export const call = (key: string) => TABLE[key.trim()]?.toFixed();'],
  ['access', 'export const write = (key: string) => { TABLE[key] = 1; };'],
  ['access', 'export const typed = (key: string) => KINDS[key as keyof typeof KINDS];'],
  ['access', 'export const cast = (key: string) => KINDS[(key as "a")!];'],
  ['access', `export const template = (key: number) => TABLE[\`\${key}s\`];`],
  ['access', 'export const unsure = (key: any) => TABLE[key];'],
  ['access', 'export const generic = <Key extends string>(key: Key, of: Record<Key, 1>) => of[key];'],
  ['access', 'export const keyed = <Of extends object>(of: Of, key: keyof Of) => of[key];'],
  ['access', `export const partly = (key: "a" | \`x\${string}\`) => TABLE[key];`],
  ['in', 'export const has = (key: string) => key in TABLE;'],
  [
    'for-in',
    'export const names = () => { const all = []; for (const key in TABLE) all.push(key); return all; };',
  ],
  ['pattern', 'export const pick = (key: string) => { const { [key]: value } = TABLE; return value; };'],
  [
    'pattern',
    'export const pickInto = (key: string, into: { value?: number }) => { ({ [key]: into.value } = TABLE); };',
  ],
  ['assign', 'export const copy = (from: Record<string, number>) => Object.assign({}, from);'],
  ['assign', 'export const copyAll = (from: unknown[]) => Object.assign({}, ...from);'],
  ['reflect', 'export const reflect = (key: string) => Reflect.get(TABLE, key);'],
];

const INNOCENT = `
export const kind = (key: 'a' | 'b') => KINDS[key];
export const known = <Key extends keyof typeof KINDS>(key: Key) => KINDS[key];
export const constant = () => [KINDS['a' as 'a'], KINDS['b'], 'a' in KINDS];
export const place = (at: number, list: number[]) => list[at];
export const merged = (from: Record<string, number>) => ({ ...from });
export const assigned = (from: { a: number }) => Object.assign({}, from);
export const make = (key: string) => ({ [key]: 1 });
`;

const HEAD = `const TABLE: Record<string, number> = { a: 1 };
const KINDS = { a: 1, b: 2 } as const;
`;

const PLANTED = 'packages/server/src/planted.ts';

describe('the rule against lookups by a key from outside', () => {
  let folder: string;
  let lookups: Lookup[];

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway-lookups-')));
    const compilerOptions = { strict: true, noEmit: true, target: 'ES2023', module: 'ESNext', types: [] };
    await plant('tsconfig.json', JSON.stringify({ compilerOptions, include: ['packages'] }));
    await plant(PLANTED, HEAD + OFFENCES.map(([, code]) => code).join('\n') + INNOCENT);
    for (const file of ['packages/cli/src/planted.ts', 'packages/console/src/planted.tsx'])
      await plant(file, `${HEAD}export const read = (key: string) => TABLE[key];`);
    for (const file of ['packages/server/src/planted.test.ts', 'packages/server/src/testing/planted.ts'])
      await plant(file, `${HEAD}export const read = (key: string) => TABLE[key];`);
    await plant(
      'packages/contract/src/own-value.ts',
      `${HEAD}export const read = (key: string) => TABLE[key];`,
    );
    lookups = findLookups(folder, ['tsconfig.json']).lookups;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function plant(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${text}\n`);
  }

  test.each(OFFENCES.map(([rule, code], index) => [code, rule, index] as const))(
    'reports %s',
    (_, rule, index) => {
      const line = HEAD.split('\n').length + index;
      const found = lookups.filter((lookup) => lookup.file === PLANTED && lookup.line === line);
      expect(found.map((lookup) => lookup.rule)).toEqual([rule]);
    },
  );

  test('reports nothing else: keys of a finite set, places of a list, spreads', () => {
    const last = HEAD.split('\n').length + OFFENCES.length - 1;
    expect(lookups.filter(({ file, line }) => file === PLANTED && line > last)).toEqual([]);
  });

  test('reads every package, and no test', () => {
    expect(lookups.filter(({ file }) => file !== PLANTED).map(({ file }) => file)).toEqual([
      'packages/cli/src/planted.ts',
      'packages/console/src/planted.tsx',
    ]);
  });

  test('has an offence for each of its parts', () => {
    expect(new Set(OFFENCES.map(([rule]) => rule))).toEqual(new Set(Object.keys(RULES)));
  });
});

describe('the sources that ship', () => {
  test('are read, each one, and break the rule nowhere', async () => {
    const shipped = (await sourceFiles()).filter(
      (file) =>
        /^packages\/[^/]+\/src\//.test(file) && !/\.test\.tsx?$|\/testing\/|\/kernels\/assembly\//.test(file),
    );
    const { files, lookups } = findLookups();
    expect(lookups).toEqual([]);
    expect(files.toSorted()).toEqual(
      shipped.filter((file) => file !== 'packages/contract/src/own-value.ts').toSorted(),
    );
  });
});
