import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launch, NO_BROWSER } from '../console/browser.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');

/** What a user of the package writes: a call that succeeds, one that fails, and types of both. */
const USE = `
import { createClient, isFailure, type DatasetSummary, type OperationAnswer } from '@slipway/sdk';

export async function use(server: string): Promise<string[]> {
  const slipway = createClient({ server, token: 'slip_key' });
  const { datasets }: OperationAnswer<'datasets.list'> = await slipway.call['datasets.list']();
  const names: string[] = datasets.map(({ name }) => name);
  // @ts-expect-error the name of the dataset is missing
  const failed: unknown = await slipway.call['datasets.get']().catch((error: unknown) => error);
  return [...names, isFailure(failed) ? failed.code : 'no failure'];
}
`;

let folder: string;
let server: Server;
let url: string;

/** A folder of a user's with the packed package and zod, which is its only dependency, and a server that answers as Slipway does. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-sdk-'));
  const { stdout } = await run('npm', ['pack', '--workspace', 'packages/sdk', '--pack-destination', folder], {
    cwd: ROOT,
  });
  const packages = join(folder, 'node_modules');
  await mkdir(packages);
  await run('tar', ['-xzf', join(folder, stdout.trim().split('\n').at(-1)!), '-C', folder]);
  await cp(join(folder, 'package'), join(packages, '@slipway/sdk'), { recursive: true });
  await symlink(join(ROOT, 'node_modules/zod'), join(packages, 'zod'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'use.ts'), USE);
  server = createServer((request, response) => {
    const [status, body] =
      request.url === '/api/v1/datasets'
        ? [200, { datasets: [{ name: 'sales' }], next: null }]
        : [200, '<html></html>'];
    response
      .writeHead(status as number, {
        'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
      })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 240_000);
afterAll(async () => {
  server?.close();
  server?.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

async function bundled(platform: 'browser' | 'neutral', external: string[] = []): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['use.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform,
    external,
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

describe('the packed SDK', () => {
  it('holds JavaScript, types and a README, and asks for nothing but zod', async () => {
    const { dependencies, ...manifest } = JSON.parse(
      await readFile(join(folder, 'package/package.json'), 'utf8'),
    ) as { dependencies: Record<string, string>; exports: { '.': Record<string, string> } };
    expect(Object.keys(dependencies)).toEqual(['zod']);
    for (const condition of ['types', 'default'])
      expect(
        (await readFile(join(folder, 'package', manifest.exports['.'][condition]!))).length,
      ).toBeGreaterThan(0);
    expect((await readFile(join(folder, 'package/README.md'), 'utf8')).length).toBeGreaterThan(0);
  });

  it('is imported by plain Node', async () => {
    await writeFile(join(folder, 'use.js'), await bundled('neutral', ['@slipway/sdk']));
    const script = `import { use } from './use.js'; console.log(JSON.stringify(await use(${JSON.stringify(url)})));`;
    await writeFile(join(folder, 'main.js'), script);
    const { stdout } = await run(process.execPath, ['main.js'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual(['sales', 'request.invalid']);
  });

  it.each(['nodenext', 'bundler'])(
    'has types for moduleResolution %s, all of them checked',
    async (resolution) => {
      const compilerOptions = {
        ...{ strict: true, noEmit: true, skipLibCheck: false, target: 'es2022', types: [] },
        ...{ lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'] },
        ...{ module: resolution === 'bundler' ? 'esnext' : resolution, moduleResolution: resolution },
      };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
      const tsc = join(ROOT, 'node_modules/.bin/tsc');
      const said = await run(tsc, ['-p', 'tsconfig.json'], { cwd: folder }).then(
        () => '',
        ({ stdout }: { stdout: string }) => stdout,
      );
      expect(said).toBe('');
    },
  );

  if (CHROMIUM === undefined) console.warn(`the SDK in a browser skipped: ${NO_BROWSER}`);
  it.skipIf(CHROMIUM === undefined)('is bundled for a browser and works there (Chromium)', async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(url);
      const code = `${await bundled('browser')}\nglobalThis.answer = use(location.origin);`;
      await page.addScriptTag({ content: code, type: 'module' });
      await page.waitForFunction('globalThis.answer !== undefined');
      expect(await page.evaluate('globalThis.answer')).toEqual(['sales', 'request.invalid']);
    } finally {
      await browser.close();
    }
  });
});
