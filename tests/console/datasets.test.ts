import type { OperationInput } from '@slipway/contract';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildConsole, CHROMIUM, complaintsOf, launch, NO_BROWSER, settled } from './browser.ts';
import { type FakeControl, startFakeControl } from './fake-control.ts';
import { sampleHandlers } from './sample-handlers.ts';
import { datasetVersion } from './sample-world.ts';

const KEY = 'swk_test';

if (CHROMIUM === undefined) console.warn(`datasets in a browser skipped: ${NO_BROWSER}`);

describe.skipIf(CHROMIUM === undefined)('datasets in a browser', () => {
  let built: Awaited<ReturnType<typeof buildConsole>>;
  let browser: Browser;
  let fake: FakeControl;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let inspected: OperationInput<'uploads.inspect'>[];
  let added: OperationInput<'datasets.add'>['body'][];
  let begun: { operation: string; body: unknown }[];

  beforeAll(async () => {
    built = await buildConsole();
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    built?.remove();
  });

  beforeEach(async () => {
    inspected = [];
    added = [];
    begun = [];
    const { handlers, pipelineRuns } = sampleHandlers(() => fake.url);
    const begin = (operation: string, body: unknown) => {
      begun.push({ operation, body });
      return pipelineRuns[0]!;
    };
    const job = await handlers['jobs.get']!({ params: { id: 'job_1' }, query: undefined, body: undefined });
    fake = await startFakeControl({
      folder: built.folder,
      key: KEY,
      handlers: {
        ...handlers,
        'uploads.create': ({ query }) => ({
          id: 'upl_1',
          filename: query.filename,
          bytes: 9,
          sha256: 'ab'.repeat(32),
        }),
        'uploads.inspect': (input) => {
          inspected.push(input);
          return {
            columns: datasetVersion.schema.slice(0, 3),
            rows: [{ customerID: 'C-1', tenure: 12, MonthlyCharges: null }],
            missingWords: datasetVersion.missingWords,
            report: datasetVersion.report!,
          };
        },
        'pipelineRuns.ship': ({ body }) => begin('ship', body),
        'pipelineRuns.train': ({ body }) => begin('train', body),
        'datasets.add': ({ body }) => {
          added.push(body);
          return { ...job, kind: 'ingest' };
        },
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

  const open = async (path: string) => {
    await page.goto(`${fake.url}${path}#key=${KEY}`);
    await settled(page);
  };

  const choose = (name: string) =>
    page.locator('input[type=file]').setInputFiles({
      name,
      mimeType: 'text/csv',
      buffer: Buffer.from('a;b\n1;2\n'),
    });

  test('a version says how its file was read, finding by finding, and how each column is', async () => {
    await open('/datasets/churn?version=2');
    const panel = page.getByRole('region', { name: 'How this file was read' });
    await panel.getByText('telco_churn_march.csv: csv, 500 rows, 6 columns').waitFor();
    const row = panel.getByRole('row').filter({ hasText: '#DIV/0!' });
    expect(await row.locator('th, td').allTextContents()).toEqual([
      'warning',
      'MonthlyCharges',
      '212',
      '#DIV/0!',
      '1 value of MonthlyCharges is not a number and was read as missing.',
      '--types MonthlyCharges:string',
    ]);
    const columns = page.getByRole('region', { name: 'Columns' });
    const since = columns.getByRole('row').filter({ hasText: 'since' });
    expect(await since.textContent()).toContain('day first, %d/%m/%Y, Europe/Berlin');
    expect(complaints).toEqual([]);
  });

  test('a file is looked at before it is added, read as the form says, and uploaded once', async () => {
    await open('/datasets');
    await choose('Telco Churn.csv');
    expect(await page.getByRole('textbox', { name: /^Name/ }).inputValue()).toBe('telco-churn');
    await page.getByText('How it is read').first().click();
    await page.getByLabel('Delimiter').selectOption('Semicolon');
    await page.getByLabel('Types').fill('zip:text');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('heading', { name: 'The first 1 of 500 rows' }).waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'C-1' }).count()).toBe(1);
    expect(inspected).toMatchObject([
      {
        params: { id: 'upl_1' },
        body: { limit: 10, read: { delimiter: ';', types: { zip: 'string' } } },
      },
    ]);
    expect(added).toEqual([]);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.waitForURL(`${fake.url}/datasets/telco-churn`);
    const read = { delimiter: ';', types: { zip: 'string' } };
    expect(added).toEqual([{ name: 'telco-churn', uploadId: 'upl_1', append: false, read }]);
    expect(fake.calls.filter((id) => id === 'uploads.create')).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  test('a file to append is looked at as the dataset has its columns; other options hide what was shown', async () => {
    await open('/datasets');
    await choose('more.csv');
    await page.getByRole('textbox', { name: /^Name/ }).fill('churn');
    await page.getByLabel('Append to the dataset of this name').check();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('heading', { name: 'The first 1 of 500 rows' }).waitFor();
    expect(inspected[0]!.body).toEqual({ limit: 10, dataset: 'churn' });
    await page.getByText('How it is read').first().click();
    await page.getByLabel('Decimal mark').selectOption('Comma');
    expect(await page.getByRole('heading', { name: 'The first 1 of 500 rows' }).count()).toBe(0);
  });

  test('what is no list of types is told, and nothing is uploaded', async () => {
    await open('/datasets');
    await choose('x.csv');
    await page.getByText('How it is read').first().click();
    await page.getByLabel('Types').fill('zip:postcode');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('write "zip:postcode" as column:type').waitFor();
    expect(fake.calls).not.toContain('uploads.create');
  });

  test('a training takes what mistakes cost as a table of the classes that the column has', async () => {
    await open('/datasets/churn?version=2');
    const panel = page.getByRole('region', { name: 'Train a model' });
    expect(await panel.getByText('What mistakes cost').count()).toBe(0);
    await panel.getByLabel('Column to predict').selectOption('Contract');
    await panel.getByText('What mistakes cost').click();
    const cost = (predicted: string, truth: string) =>
      panel.getByLabel(`Cost of answering ${predicted} where it is ${truth}`, { exact: true });
    await cost('Two year', 'Month-to-month').fill('5');
    await cost('One year', 'One year').fill('0.5');
    await panel.getByLabel('Each other mistake costs').fill('2');
    expect(await cost('One year', 'Two year').getAttribute('placeholder')).toBe('2');
    expect(await cost('Two year', 'Two year').getAttribute('placeholder')).toBe('0');
    await panel.getByRole('button', { name: 'Train', exact: true }).click();
    await page.waitForURL(`${fake.url}/pipeline-runs/plr_demand`);
    const pairs = [
      { truth: 'Month-to-month', predicted: 'Two year', cost: 5 },
      { truth: 'One year', predicted: 'One year', cost: 0.5 },
    ];
    const dataset = { name: 'churn', version: 2 };
    expect(begun).toMatchObject([
      { operation: 'ship', body: { name: 'churn', target: 'Contract', dataset, costs: { pairs, other: 2 } } },
    ]);
    expect(complaints).toEqual([]);
  });

  test('classes of numbers are written, a number has no costs, and a training need not deploy', async () => {
    await open('/datasets/churn?version=2');
    const panel = page.getByRole('region', { name: 'Train a model' });
    await panel.getByLabel('Column to predict').selectOption('tenure');
    await panel.getByText('What mistakes cost').click();
    await panel.getByLabel('Classes').fill('1, 2');
    await panel.getByLabel('Cost of answering 2 where it is 1', { exact: true }).fill('9');
    await panel.getByLabel('Deploy it when its gates hold').uncheck();
    await panel.getByRole('button', { name: 'Train', exact: true }).click();
    await page.waitForURL(`${fake.url}/pipeline-runs/plr_demand`);
    expect(begun).toMatchObject([
      { operation: 'train', body: { costs: { pairs: [{ truth: '1', predicted: '2', cost: 9 }], other: 1 } } },
    ]);
    await open('/datasets/churn?version=2');
    await panel.getByLabel('Column to predict').selectOption('tenure');
    await panel.getByLabel('Predicts').selectOption('A number');
    expect(await panel.getByText('What mistakes cost').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
