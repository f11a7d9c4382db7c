import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { billOfMaterials } from '../../scripts/package/bill-of-materials.mjs';
import { readAudit } from '../../scripts/package/read-audit.mjs';
import { makeSigningKeys, signFolder, verifyFolder } from '../../scripts/package/signed-folder.mjs';
import { run } from './installed.ts';

async function signedFolder() {
  const parent = await mkdtemp(join(tmpdir(), 'slipway-release-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const [keys, folder] = [join(parent, 'keys'), join(parent, 'release')];
  await makeSigningKeys(keys);
  await mkdir(join(folder, 'offline'), { recursive: true });
  await writeFile(join(folder, 'slipway-platform-0.0.0.tgz'), 'a package');
  await writeFile(join(folder, 'offline/install.mjs'), '// a program');
  await signFolder(folder, join(keys, 'slipway-release.key'));
  return { folder, key: join(keys, 'slipway-release.pub'), keys };
}

describe('a signed release', () => {
  it('is verified by its key, and by the tools that a reader has', async () => {
    const { folder, key } = await signedFolder();
    expect(await verifyFolder(folder, key)).toEqual(['offline/install.mjs', 'slipway-platform-0.0.0.tgz']);
    await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: folder });
    const words = ['pkeyutl', '-verify', '-pubin', '-inkey', key, '-rawin', '-in', 'SHA256SUMS'];
    const { stdout } = await run('openssl', [...words, '-sigfile', 'SHA256SUMS.sig'], { cwd: folder });
    expect(stdout).toMatch(/Verified Successfully/);
  });

  it('is refused when a file changed, when one was added or is missing, and by another key', async () => {
    const changed = await signedFolder();
    await appendFile(join(changed.folder, 'slipway-platform-0.0.0.tgz'), '!');
    await expect(verifyFolder(changed.folder, changed.key)).rejects.toThrow(/differs/);
    const added = await signedFolder();
    await writeFile(join(added.folder, 'more.mjs'), '');
    await expect(verifyFolder(added.folder, added.key)).rejects.toThrow(/not in SHA256SUMS: more.mjs/);
    const missing = await signedFolder();
    await rm(join(missing.folder, 'offline/install.mjs'));
    await expect(verifyFolder(missing.folder, missing.key)).rejects.toThrow(/missing/);
    await expect(verifyFolder(missing.folder, changed.key)).rejects.toThrow(/not signed by/);
  });

  it('names what it consists of: every package that runs, on each platform, and none of the build', async () => {
    const { bomFormat, components } = await billOfMaterials();
    expect(bomFormat).toBe('CycloneDX');
    const names = new Set(components.map(({ purl }) => purl.replace(/@[^@/]*$/, '')));
    expect(names).toContain('pkg:npm/fastify');
    expect(names).toContain('pkg:npm/%40duckdb/node-bindings-darwin-arm64');
    expect(names).not.toContain('pkg:npm/vitest');
  });
});

describe('the gate of npm audit', () => {
  const of = (vulnerabilities: unknown) => readAudit(JSON.stringify({ vulnerabilities }), '');

  it('fails for what is high or critical, and for nothing less', () => {
    expect(of({ left: { severity: 'critical' }, right: { severity: 'low' } })).toEqual({
      says: 'npm audit: left (critical)',
      failed: true,
    });
    expect(of({ right: { severity: 'moderate' } }).failed).toBe(false);
  });

  it('says plainly that a registry without an audit left it unchecked, and fails for what it does not know', () => {
    const answer = readAudit(
      '{"message":"405 Method Not Allowed"}',
      'npm error audit endpoint returned an error',
    );
    expect(answer).toMatchObject({ failed: false, says: expect.stringContaining('NOT CHECKED') });
    expect(readAudit('', 'npm: command not found').failed).toBe(true);
  });
});

it('the lockfile holds the native packages of Linux x64 and arm64, macOS arm64 and Windows x64', async () => {
  const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
  const locked = Object.keys((JSON.parse(text) as { packages: Record<string, unknown> }).packages);
  for (const platform of ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'])
    expect(locked).toContain(`node_modules/@duckdb/node-bindings-${platform}`);
});
