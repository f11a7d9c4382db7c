import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { STAGES } from '@slipway/contract';
import { type Client, createClient, followPipelineRun } from '@slipway/sdk';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, complaintsOf, launch, NO_BROWSER, settled } from './browser.ts';

const CONTROL = resolve(import.meta.dirname, '../../dist/control.js');
const SKIP = CHROMIUM === undefined || !existsSync(CONTROL);

if (SKIP)
  console.warn(`the console on a real platform skipped: ${CHROMIUM ? 'npm run build first' : NO_BROWSER}`);

/** What the control plane tells its parent, beside the steps of its start. */
type Told = { ready?: { url: string }; failure?: unknown };

/** Rows that a model can learn from: fuel goes up with weight and with age. */
function cars(rows: number): Uint8Array {
  const lines = Array.from({ length: rows }, (_, index) => {
    const weight = 900 + ((index * 37) % 1100);
    const age = (index * 13) % 20;
    const fuel = 2 + weight / 250 + age / 10 + ((index * 7) % 10) / 20;
    return `${weight},${age},${index % 3 === 0 ? 'diesel' : 'petrol'},${fuel.toFixed(2)}`;
  });
  return new TextEncoder().encode(`weight,age,engine,fuel\n${lines.join('\n')}\n`);
}

describe.skipIf(SKIP)('the console on a real platform, in a browser', () => {
  let folder: string;
  let control: ChildProcess;
  let url: string;
  let key: string;
  let client: Client;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-platform-'));
    const settings = [`storage.data=${folder}/data`, 'http.port=0', 'http.inferencePort=0'];
    control = fork(
      CONTROL,
      settings.flatMap((setting) => ['--set', setting]),
      { cwd: folder, stdio: 'ignore' },
    );
    const message = await new Promise<Told>((told) => {
      control.on('message', (one: Told) => (one.ready ?? one.failure) && told(one));
      control.once('exit', (code) => told({ failure: `it ended with ${code}` }));
    });
    expect(message.ready, JSON.stringify(message)).toBeDefined();
    url = message.ready?.url ?? '';
    key = readFileSync(join(folder, 'data/owner.key'), 'utf8').trim();
    client = createClient({ server: url, token: key });
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    complaints = complaintsOf(page);
  });

  afterAll(async () => {
    await browser?.close();
    if (control?.exitCode === null) {
      const ended = once(control, 'exit');
      control.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  test('follows a pipeline run from its first stage to an endpoint that answers as the page says', async () => {
    await page.goto(`${url}/#key=${key}`);
    await page.getByText('npx slipway ship customers.csv --target churned').waitFor();

    const upload = await client.call['uploads.create']({
      query: { filename: 'cars.csv' },
      body: cars(400),
    });
    const pipelineRun = await client.call['pipelineRuns.ship']({
      body: { uploadId: upload.id, name: 'cars', target: 'fuel', budgetSeconds: 2 },
    });
    await page.goto(`${url}/pipeline-runs/${pipelineRun.id}`);
    await settled(page);
    const steps = page.locator('ol > li');
    await steps.last().waitFor();
    expect((await steps.allInnerTexts()).map((step) => step.trim().split(/\s+/)[0])).toEqual([...STAGES]);

    const done = await followPipelineRun(client, pipelineRun.id, () => {});
    expect(done.state).toBe('done');
    await page.getByText(done.result?.verdict ?? 'no verdict').waitFor();
    for (const step of await steps.allInnerTexts()) expect(step).toMatch(/done|skipped/);
    for (const stage of STAGES) {
      await page.goto(`${url}/pipeline-runs/${pipelineRun.id}?stage=${stage}`);
      await page.getByRole('heading', { name: stage, level: 2 }).waitFor();
    }

    await page.goto(`${url}/endpoints/cars`);
    await page.getByRole('button', { name: 'Make a token and put it in' }).click();
    await page.getByText('shown this once').waitFor();
    const text = await page.getByRole('region', { name: 'How to call it with curl' }).innerText();
    const { stdout } = await promisify(execFile)('/bin/bash', ['-c', text]);
    const answer = JSON.parse(stdout) as { predictions: { value: number }[] };
    expect(answer.predictions[0]?.value).toBeGreaterThan(2);
    expect(complaints).toEqual([]);
  }, 120_000);

  test.each([
    '/pipeline-runs',
    '/datasets',
    '/datasets/cars?column=weight',
    '/models/cars',
    '/runs?trials=yes',
    '/endpoints/cars?tab=versions',
    '/endpoints/cars?tab=monitor',
    '/endpoints/cars?tab=policy',
    '/endpoints/cars?tab=tokens',
    '/system',
    '/system?tab=config',
    '/system?tab=keys',
    '/system?tab=audit',
  ])('shows %s without a complaint', async (path) => {
    await page.goto(url + path);
    await settled(page);
    expect(await page.locator('[role=alert]').allInnerTexts()).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
