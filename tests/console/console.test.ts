import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { STAGES } from '@slipway/contract';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildConsole, CHROMIUM, complaintsOf, launch, NO_BROWSER, settled } from './browser.ts';
import { type FakeControl, startFakeControl } from './fake-control.ts';
import { emptyHandlers, type SampleWorld, sampleHandlers } from './sample-handlers.ts';
import { pipelineRun, shipResult, stages } from './sample-world.ts';

const run = promisify(execFile);
const KEY = 'swk_test';

if (CHROMIUM === undefined) console.warn(`the console in a browser skipped: ${NO_BROWSER}`);

describe.skipIf(CHROMIUM === undefined)('the console in a browser', () => {
  let built: Awaited<ReturnType<typeof buildConsole>>;
  let browser: Browser;
  let fake: FakeControl;
  let sample: SampleWorld;
  let accepted: { id: string; reason: string }[];
  let predicted: { body: unknown; token: string | undefined }[];
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    built = await buildConsole();
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    built?.remove();
  });

  beforeEach(async () => {
    sample = sampleHandlers(() => fake.url);
    predicted = [];
    accepted = [];
    fake = await startFakeControl({
      folder: built.folder,
      key: KEY,
      handlers: {
        ...sample.handlers,
        'pipelineRuns.accept': ({ params: { id }, body: { reason } }) => {
          accepted.push({ id, reason });
          return sample.pipelineRuns[0]!;
        },
      },
      predict: (body, token) => {
        predicted.push({ body, token });
        return { model: { name: 'churn', version: 2 }, predictions: [{ id: 'p_1', value: 'Yes' }] };
      },
    });
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    complaints = complaintsOf(page);
  });

  afterEach(async () => {
    await context.close();
    await fake.close();
  });

  /** Opens a page signed in, by a link like the one that the command line prints. */
  const open = async (path: string) => {
    await page.goto(`${fake.url}${path}#key=${KEY}`);
    await settled(page);
  };

  describe('signing in', () => {
    test('a link signs in, and its key leaves the address at once and stays in the tab', async () => {
      await open('/pipeline-runs?from=mail');
      expect(await page.locator('h1').textContent()).toBe('Pipeline runs');
      expect(page.url()).not.toContain(KEY);
      expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).toContain(KEY);
      expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain(KEY);
      await page.reload();
      await settled(page);
      expect(await page.locator('h1').textContent()).toBe('Pipeline runs');
      expect(complaints).toEqual([]);
    });

    test('without a key the page says where the key lies, and a pasted one leads to the page asked for', async () => {
      await page.goto(`${fake.url}/models/churn?version=3`);
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      const text = await page.locator('main').innerText();
      expect(text).toContain('owner.key');
      expect(text).toContain('slipway open');
      await page.getByLabel('API key').fill(KEY);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Gates of version 3' }).waitFor();
      expect(page.url()).toBe(`${fake.url}/models/churn?version=3`);
    });

    test('a wrong key is told apart from none, and nothing is kept of it', async () => {
      await page.goto(fake.url);
      await page.getByLabel('API key').fill('swk_wrong');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('This key is not valid here.').waitFor();
      expect(await page.evaluate('sessionStorage.length')).toBe(0);
    });

    test('a key that is revoked meanwhile brings the sign-in page back and is forgotten', async () => {
      await page.goto(`${fake.url}/pipeline-runs#key=swk_revoked`);
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.getByText('not valid any more').waitFor();
      expect(await page.evaluate('sessionStorage.length')).toBe(0);
    });
  });

  describe('pipeline runs', () => {
    test('each model shows all stages in the order of the contract, each with its state in words', async () => {
      await open('/pipeline-runs');
      const card = page.getByRole('region', { name: 'churn', exact: true }).first();
      await card.locator('ol > li').last().waitFor();
      const steps = await card.locator('ol > li').allInnerTexts();
      expect(steps.map((step) => step.trim().split(/\s+/)[0])).toEqual([...STAGES]);
      expect(steps[STAGES.indexOf('label')]).toContain('skipped');
      expect(steps[STAGES.indexOf('train')]).toContain('done');
      const failed = page.getByRole('region', { name: 'patients' }).first();
      expect(await failed.innerText()).toContain('target.constant');
      expect(await failed.innerText()).toContain('Choose another column');
      expect(complaints).toEqual([]);
    });

    test('a running pipeline run moves on by itself', async () => {
      await open('/pipeline-runs');
      const card = page.getByRole('region', { name: 'demand' }).first();
      await card.getByText('40 %').waitFor();
      const running = sample.pipelineRuns.find((each) => each.id === 'plr_demand')!;
      running.stages = stages(5, { progress: 0.1, says: 'Pruning.' });
      await card.getByText('optimize Pruning.').waitFor();
      const steps = await card.locator('ol > li').allInnerTexts();
      expect(steps[STAGES.indexOf('train')]).toContain('done');
    });

    test('an empty platform says what to run', async () => {
      const empty = await startFakeControl({
        folder: built.folder,
        key: KEY,
        handlers: emptyHandlers(() => fake.url),
      });
      await page.goto(`${empty.url}/#key=${KEY}`);
      await page.getByText('npx slipway ship customers.csv --target churned').waitFor();
      expect(complaints).toEqual([]);
      await empty.close();
    });

    test('a stage is shown below the rail and named in the address', async () => {
      await open('/pipeline-runs/plr_churn?stage=train');
      await page.getByRole('region', { name: 'Leaderboard' }).waitFor();
      await page.getByRole('link', { name: 'validate' }).click();
      await page.getByText('ROC AUC is 0.345 above').waitFor();
      expect(page.url()).toContain('stage=validate');
      await page.goBack();
      await page.getByRole('region', { name: 'Leaderboard' }).waitFor();
    });
  });

  describe('the keyboard', () => {
    test('the first stop skips the menu, and a new page takes the focus', async () => {
      await open('/pipeline-runs');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to the page');
      await page.keyboard.press('g');
      await page.keyboard.press('e');
      await page.getByRole('heading', { name: 'Endpoints', level: 1 }).waitFor();
      await page.waitForURL(`${fake.url}/endpoints`);
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
    });

    test('arrows walk the stages, which are one stop', async () => {
      await open('/pipeline-runs/plr_churn?stage=train');
      await page.locator('ol a', { hasText: /^train/ }).focus();
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => focused(page)).toMatch(/^validate/);
      await page.keyboard.press('End');
      await expect.poll(() => focused(page)).toMatch(/^retrain/);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'retrain' }).waitFor();
      await expect.poll(() => page.locator('ol a[tabindex="0"]').count()).toBe(1);
    });

    test('letters typed into a field are text, and shortcuts can be turned off', async () => {
      await open('/runs');
      await page.getByLabel('Name, dataset or learner').pressSequentially('ge');
      expect(page.url()).toContain('/runs?name=ge');
      await page.locator('h1').click();
      await page.keyboard.press('?');
      const help = page.getByRole('dialog', { name: 'Keyboard' });
      await help.getByLabel('Letters are shortcuts').uncheck();
      await page.keyboard.press('Escape');
      await help.waitFor({ state: 'detached' });
      await page.keyboard.press('g');
      await page.keyboard.press('s');
      await page.keyboard.press('?');
      expect(await page.getByRole('dialog').count()).toBe(0);
      expect(page.url()).toContain('/runs');
    });
  });

  describe('an endpoint', () => {
    test('rolls back only after a second yes, and then shows what answers', async () => {
      await open('/endpoints/churn?tab=versions');
      await page.getByRole('button', { name: 'Roll back' }).click();
      const dialog = page.getByRole('dialog', { name: 'Roll back?' });
      await dialog.getByText('Version 1 answers again instead of version 2').waitFor();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(fake.calls).not.toContain('endpoints.rollback');
      // The dialog gives the focus back once it is gone.
      await expect.poll(() => focused(page)).toBe('Roll back');

      await page.keyboard.press('Enter');
      await dialog.getByRole('button', { name: 'Roll back' }).click();
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('churn version 1 answers as revision 3').waitFor();
      expect(fake.calls.filter((call) => call === 'endpoints.rollback')).toHaveLength(1);
      await page.getByText('There is no previous version to roll back to.').waitFor();
      expect(complaints).toEqual([]);
    });

    test('warns before a version is promoted whose gates did not hold', async () => {
      await open('/endpoints/churn?tab=versions');
      await page.getByLabel('Version', { exact: true }).selectOption('3');
      await page.getByRole('button', { name: 'Promote' }).click();
      const dialog = page.getByRole('dialog', { name: 'Promote version 3?' });
      await dialog.getByText('not-worse-than-champion').waitFor();
      await dialog.getByRole('button', { name: 'Promote' }).click();
      await page.getByText('churn version 3 answers as revision 3').waitFor();
    });

    test('shows a rollout with what it goes by, and takes it back after a second yes', async () => {
      await open('/endpoints/canary?tab=rollout');
      await page.getByText('50 %, step 2 of 3').waitFor();
      await page.getByRole('region', { name: 'What each rule says' }).getByText('p99').waitFor();
      await page.getByRole('button', { name: 'Take back' }).click();
      const dialog = page.getByRole('dialog', { name: 'Take version 3 back?' });
      await dialog.getByRole('button', { name: 'Take back' }).click();
      await dialog.waitFor({ state: 'detached' });
      expect(fake.calls).toContain('endpoints.rollback');
      expect(complaints).toEqual([]);
    });

    test.each([
      ['curl', '/bin/bash', '-c'],
      ['TypeScript', process.execPath, '--input-type=module', '-e'],
      ['Python', '/usr/bin/python3', '-c'],
    ])('is called by the %s example as pasted', async (language, program, ...flags) => {
      if (!existsSync(program)) return console.warn(`the ${language} example was not run: no ${program}`);
      await open('/endpoints/churn');
      await page.getByLabel('Language').selectOption({ label: language });
      await page.getByRole('button', { name: 'Make a token and put it in' }).click();
      await page.getByText('shown this once').waitFor();
      const text = await page.getByRole('region', { name: `How to call it with ${language}` }).innerText();
      const { stdout } = await run(program, [...flags, text]);
      expect(stdout).toContain('p_1');
      const example = await (sample.handlers['endpoints.get']?.({
        params: { name: 'churn' },
        query: undefined,
        body: undefined,
      }) ?? undefined);
      expect(predicted).toEqual([{ body: example?.example, token: sample.secrets[0] }]);
    });

    test('a new policy is sent as it was filled in', async () => {
      await open('/endpoints/churn?tab=policy');
      await page.getByLabel('By itself').selectOption('auto');
      await page.getByLabel('the labels show that quality fell').check();
      await page.getByLabel('Hours between two retrainings, at least').fill('6.5');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved').waitFor();
      await page.reload();
      await settled(page);
      expect(await page.getByLabel('By itself').inputValue()).toBe('auto');
      expect(await page.getByLabel('Hours between two retrainings, at least').inputValue()).toBe('6.5');
      expect(await page.getByLabel('the labels show that quality fell').isChecked()).toBe(true);
    });

    test('a token is shown once and can be revoked', async () => {
      await open('/endpoints/churn?tab=tokens');
      await page.getByLabel('Who will use it').fill('batch');
      await page.getByRole('button', { name: 'Make a token' }).click();
      await page.getByText('swt_new1_2').waitFor();
      await page.getByRole('button', { name: 'Revoke batch' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('row', { name: /batch.*revoked/ }).waitFor();
      await page.reload();
      await settled(page);
      expect(await page.getByText('swt_new1_2').count()).toBe(0);
    });

    test('drift is shown by column, and its pictures also as a table', async () => {
      await open('/endpoints/churn?tab=monitor');
      await page.getByRole('row', { name: /MonthlyCharges warning/ }).waitFor();
      await page.getByText('The pictures as a table').last().click();
      const bins = page.getByRole('region', { name: 'Share of rows by bin' }).last();
      expect(await bins.innerText()).toContain('0 to 12');
      await page.getByRole('button', { name: 'Run now' }).click();
      await expect.poll(() => fake.calls.includes('monitor.run')).toBe(true);
    });
  });

  test('rows of a retraining that was refused for them are accepted with a reason', async () => {
    const gates = [{ id: 'label-shift', passed: false, observed: 0.9, threshold: 0.8, says: 'Shifted.' }];
    const result = {
      ...shipResult(fake.url, 4),
      gates,
      promoted: false,
      verdict: 'Not promoted. Shifted.',
      endpoint: null,
    };
    const refused = pipelineRun({
      id: 'plr_shifted',
      name: 'churn',
      kind: 'retrain',
      state: 'refused',
      by: 'policy',
      result,
    });
    sample.pipelineRuns.push(
      refused,
      pipelineRun({
        id: 'plr_closed',
        name: 'churn',
        kind: 'retrain',
        state: 'refused',
        result: { ...result, gates: [{ ...gates[0]!, id: 'leakage' }] },
      }),
    );
    await open('/pipeline-runs/plr_closed');
    expect(await page.getByRole('button', { name: 'Accept its rows' }).count()).toBe(0);
    await open('/pipeline-runs/plr_shifted');
    await page.getByRole('button', { name: 'Accept its rows' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Prices rose by a tenth.');
    await dialog.getByRole('button', { name: 'Accept its rows' }).click();
    await page.waitForURL(`${fake.url}/pipeline-runs/plr_demand`);
    expect(accepted).toEqual([{ id: 'plr_shifted', reason: 'Prices rose by a tenth.' }]);
    expect(complaints).toEqual([]);
  });

  test('what a model card says stays text', async () => {
    await open('/models/churn?version=2');
    await page.getByText('<img src=x onerror=').waitFor();
    expect(await page.title()).toBe('churn · Slipway');
    expect(await page.locator('main img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('trials are sorted by a press on a column, and the address remembers it', async () => {
    await open('/runs/run_2');
    const trials = page.getByRole('region', { name: 'Trials' }).last();
    const names = () => trials.locator('tbody th').allInnerTexts();
    await trials.getByRole('button', { name: 'ROC AUC' }).click();
    await expect.poll(names).toEqual(['trial 1', 'trial 3', 'trial 2']);
    await trials.getByRole('button', { name: 'ROC AUC' }).click();
    await expect.poll(names).toEqual(['trial 2', 'trial 3', 'trial 1']);
    await page.reload();
    await settled(page);
    await expect.poll(names).toEqual(['trial 2', 'trial 3', 'trial 1']);
  });

  test('trials that are ticked are compared side by side, the best value marked', async () => {
    await open('/runs/run_2');
    await page.getByRole('checkbox', { name: 'compare run_2_0' }).check();
    await page.getByRole('checkbox', { name: 'compare run_2_1' }).check();
    await page.getByRole('link', { name: 'Compare 2 side by side' }).click();
    await page.getByRole('heading', { name: 'Comparison of runs' }).waitFor();
    expect(page.url()).toContain('/runs/compare?ids=run_2_0%2Crun_2_1');
    const metrics = page.getByRole('region', { name: 'Metrics by run' }).last();
    await expect
      .poll(() => metrics.locator('tbody tr').first().allInnerTexts())
      .toEqual(['ROC AUC\t0.8481 best\t0.8392']);
    await page.getByRole('img', { name: 'Learning curves of the runs' }).waitFor();
  });

  test('a search that runs shows what it tries and why, and ends when told that it is enough', async () => {
    await open('/pipeline-runs/plr_demand?stage=train');
    await page.getByText('suggested by what 9 trials').waitFor();
    await page.getByRole('button', { name: 'Stop and keep the best' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop and keep the best' }).click();
    await expect.poll(() => fake.calls.includes('runs.stop')).toBe(true);
  });

  test('a thing that is not there is said in the words of the catalogue', async () => {
    await open('/pipeline-runs/plr_none');
    await page.getByText('pipeline-run.missing').waitFor();
    await page.goto(`${fake.url}/nowhere`);
    await page.getByText('There is nothing at this address.').waitFor();
  });

  test('a dark page is dark before any module has run', async () => {
    const dark = await browser.newContext({ colorScheme: 'dark' });
    const first = await dark.newPage();
    await first.route('**/assets/*.js', (route) => route.abort());
    await first.goto(fake.url);
    expect(await first.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
      'rgb(16, 21, 27)',
    );
    await dark.close();
  });
});

function focused(page: Page): Promise<unknown> {
  return page.evaluate('document.activeElement.textContent');
}
