import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import rules from '../../.dependency-cruiser.mjs';
import { cruiseCodebase, type Violation } from '../../scripts/import-rules/cruise.mjs';
import { DRIVERS, MODULES, STAGES } from '../../scripts/import-rules/modules.mjs';
import { ROOT } from '../../scripts/root.mjs';
import { sourceFiles } from './source-files.ts';

const SERVER = 'packages/server/src';

/** One offence against each rule: the file that commits it, and its text. */
const PLANTS: Record<string, { file: string; text: string }> = {
  'no-cycles': { file: `${SERVER}/http/planted-a.ts`, text: `import './planted-b.ts';` },
  'no-unresolved': { file: `${SERVER}/http/planted-lost.ts`, text: `import './nowhere.ts';` },
  'no-catch-all-folders': { file: `${SERVER}/http/planted-junk.ts`, text: `import './utils/text.ts';` },
  'contract-is-a-leaf': { file: 'packages/contract/src/planted.ts', text: `import 'node:fs';` },
  'kernel-is-a-leaf': { file: `${SERVER}/kernel/planted.ts`, text: `import '../execution/index.ts';` },
  'model-is-pure': { file: `${SERVER}/execution/planted/model.ts`, text: `import '../ports.ts';` },
  'domain-does-no-io': { file: `${SERVER}/stages/train/planted.ts`, text: `import 'node:fs/promises';` },
  'support-modules-import-models-only': {
    file: `${SERVER}/metering/planted.ts`,
    text: `import '../stages/serve/index.ts';`,
  },
  'orchestrator-is-not-imported': {
    file: `${SERVER}/stages/train/planted-orchestrator.ts`,
    text: `import '../../workflows/index.ts';`,
  },
  'domain-imports-no-edge': { file: `${SERVER}/access/planted.ts`, text: `import '../http/index.ts';` },
  'http-has-no-driver': {
    file: `${SERVER}/http/planted-driver.ts`,
    text: `import '../adapters/planted/part.ts';`,
  },
  'only-main-wires': {
    file: `${SERVER}/inference/planted-part.ts`,
    text: `import '../adapters/planted/part.ts';`,
  },
  'main-is-the-root': { file: `${SERVER}/adapters/planted/root.ts`, text: `import '../../main/planted.ts';` },
  'inference-is-alone': { file: `${SERVER}/inference/planted.ts`, text: `import '../http/index.ts';` },
  'clients-do-not-import-the-server': {
    file: 'packages/cli/src/planted.ts',
    text: `import '../../server/src/http/index.ts';`,
  },
  'sdk-is-isomorphic': { file: 'packages/sdk/src/planted.ts', text: `import { Buffer } from 'node:buffer';` },
  'console-runs-in-browsers': {
    file: 'packages/console/src/planted.tsx',
    text: `import 'node:fs';\nexport const Planted = () => <p>a page</p>;`,
  },
  'nothing-ships-tests': { file: `${SERVER}/http/planted-fake.ts`, text: `import '../testing/planted.ts';` },
  ...Object.fromEntries(
    MODULES.map((module) => [
      `public-api-of-${module.replace('stages/', '')}`,
      {
        file: `${SERVER}/http/planted-${module.replace('/', '-')}.ts`,
        text: `import '../${module}/planted-inside.ts';`,
      },
    ]),
  ),
  ...Object.fromEntries(
    STAGES.slice(0, -1).map((stage, index) => [
      `${stage}-imports-earlier-stages-only`,
      {
        file: `${SERVER}/stages/${stage}/planted-ahead.ts`,
        text: `import '../${STAGES[index + 1]}/index.ts';`,
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(DRIVERS).map((driver) => [
      `driver-${driver.replaceAll(/[@/]+/g, '-').replace(/^-/, '')}`,
      {
        file: `${SERVER}/adapters/planted/${driver.replaceAll(/[@/]/g, '-')}.ts`,
        text: `import '${driver}';`,
      },
    ]),
  ),
};

/** What the offences import, innocent in itself. */
const PROPS = {
  [`${SERVER}/http/planted-b.ts`]: `import './planted-a.ts';`,
  [`${SERVER}/http/index.ts`]: 'export {};',
  [`${SERVER}/http/utils/text.ts`]: 'export {};',
  [`${SERVER}/execution/ports.ts`]: 'export {};',
  [`${SERVER}/adapters/planted/part.ts`]: 'export {};',
  [`${SERVER}/main/planted.ts`]: 'export {};',
  [`${SERVER}/testing/planted.ts`]: 'export {};',
  ...Object.fromEntries(MODULES.map((module) => [`${SERVER}/${module}/index.ts`, 'export {};'])),
  ...Object.fromEntries(MODULES.map((module) => [`${SERVER}/${module}/planted-inside.ts`, 'export {};'])),
};

describe('the import rules', () => {
  test('read every source file', async () => {
    const { modules, imports } = await cruiseCodebase();
    const onDisk = await sourceFiles();
    expect(onDisk.length).toBeGreaterThan(50);
    expect(onDisk.filter((file) => !modules.includes(file))).toEqual([]);
    expect(imports).toBeGreaterThan(onDisk.length);
  });

  test('have a planted offence each, and no offence without a rule', () => {
    expect(Object.keys(PLANTS).sort()).toEqual(rules.forbidden?.map(({ name }) => name).sort());
  });

  test('say why, and what to do about it', () => {
    for (const { name, comment } of rules.forbidden ?? []) {
      expect(comment?.length, `${name} has no comment`).toBeGreaterThan(30);
    }
  });
});

describe('in a copy of the codebase with one violation of each rule', () => {
  let copy: string;
  let violations: Violation[];

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'slipway-codebase-'));
    await copyCodebase(copy);
    for (const [file, text] of Object.entries(PROPS)) await plant(copy, file, text);
    for (const { file, text } of Object.values(PLANTS)) await plant(copy, file, text);
    violations = (await cruiseCodebase(copy)).violations;
  });

  afterAll(() => rm(copy, { recursive: true, force: true }));

  test.each(Object.entries(PLANTS))('%s is reported at the offender', (rule, { file }) => {
    expect(
      violations.filter((violation) => violation.from === file).map((violation) => violation.rule),
    ).toContain(rule);
  });
});

/** The sources of the codebase and its packages; our own packages are linked to their copies. */
async function copyCodebase(folder: string): Promise<void> {
  for (const file of await sourceFiles()) await cp(join(ROOT, file), join(folder, file));
  const packages = await readdir(join(ROOT, 'packages'));
  for (const name of packages) {
    await cp(join(ROOT, 'packages', name, 'package.json'), join(folder, 'packages', name, 'package.json'));
  }
  await mkdir(join(folder, 'node_modules/@slipway'), { recursive: true });
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (name === '@slipway' || name.startsWith('.')) continue;
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
  for (const name of packages)
    await symlink(join(folder, 'packages', name), join(folder, 'node_modules/@slipway', name));
}

async function plant(folder: string, file: string, text: string): Promise<void> {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${text}\n`);
}
