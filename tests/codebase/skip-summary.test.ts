import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/root.mjs';
import { partsNamedBy } from '../../scripts/testing/machine.mjs';

const CONFIG = `
import { SkipReporter } from ${JSON.stringify(join(ROOT, 'scripts/testing/skip-reporter.mjs'))};
export default { test: { include: ['*.test.js'], reporters: [new SkipReporter()] } };
`;

const SUITE = `
import { describe, expect, test } from 'vitest';
test('a thing that works', () => expect(1).toBe(1));
test('a thing that does not', () => expect(1).toBe(2));
test.skip('a thing nobody explains', () => {});
describe('a broken suite', () => { beforeAll(() => { throw new Error('broken'); }); test('never gets here', () => {}); });
`.replace('describe, expect', 'beforeAll, describe, expect');

const HARMLESS = `
import { expect, test } from 'vitest';
test('a thing that works', () => expect(1).toBe(1));
test.skip('a thing nobody explains', () => {});
`;

describe('the closing summary of a test run', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-skips-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'vitest.config.mjs'), CONFIG);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('counts passed, failed and skipped on a plain last line', async () => {
    const { status, lines } = await run(SUITE);
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe('1 passed, 2 failed, 2 skipped');
  });

  test('lists what was skipped, by reason', async () => {
    const { status, lines } = await run(HARMLESS);
    expect(status).toBe(0);
    expect(lines).toContain('Skipped:');
    expect(lines.join('\n')).toContain('suite.test.js (1)');
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
  });

  test('fails a run that skipped what it could have run, where everything is required', async () => {
    const { status, lines } = await run(HARMLESS, { SLIPWAY_REQUIRE_ALL: '1' });
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe('1 passed, 1 failed, 0 skipped');
  });

  test('takes a skip as explained only by a part that this machine lacks', () => {
    const lacksDocker = (part: string) => part !== 'docker';
    expect(partsNamedBy('images are built (needs Docker)', lacksDocker).missing).toEqual(['docker']);
    expect(partsNamedBy('the schema on PostgreSQL', lacksDocker)).toEqual({
      missing: [],
      present: ['postgres'],
    });
  });

  async function run(suite: string, environment: Record<string, string> = {}) {
    await writeFile(join(folder, 'suite.test.js'), suite);
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--no-color'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, SLIPWAY_REQUIRE_ALL: '', ...environment },
    });
    return { status, lines: stdout.trimEnd().split('\n') };
  }
});
