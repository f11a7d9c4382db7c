import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);

export const NO_BROWSER = 'no Chromium on this machine (apt-get install chromium)';

export function launch(): Promise<Browser> {
  return chromium.launch({
    ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Builds the console as `scripts/build.mjs` does, but into a folder of its own. */
export async function buildConsole(): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-console-'));
  await build({
    root: resolve(import.meta.dirname, '../../packages/console'),
    build: { outDir: folder, emptyOutDir: true },
    logLevel: 'error',
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Everything that a page complains about: exceptions, console errors, failed loads, violations of the policy. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // A poll that is under way when the page goes elsewhere is given up.
    if (why !== 'net::ERR_ABORTED') complaints.push(`not loaded: ${request.url()} ${why}`);
  });
  return complaints;
}

/** The text of a script that calls a function of `packages/console/src/testing` inside a page. */
export function inPage(file: string, name: string): string {
  const [built] = buildSync({
    entryPoints: [resolve(import.meta.dirname, `../../packages/console/src/testing/${file}.ts`)],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'inPage',
  }).outputFiles;
  return `(() => { ${built?.text} return inPage.${name}(); })()`;
}

/** Waits until a page shows its content. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor();
  await page.getByText('Loading', { exact: true }).first().waitFor({ state: 'detached' });
}
