import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildConsole, CHROMIUM, complaintsOf, launch, NO_BROWSER, settled } from './browser.ts';
import { type FakeControl, startFakeControl } from './fake-control.ts';
import { sampleHandlers } from './sample-handlers.ts';
import { type SampleQueue, sampleQueue } from './sample-queue.ts';

const KEY = 'swk_test';

if (CHROMIUM === undefined) console.warn(`labelling in a browser skipped: ${NO_BROWSER}`);

describe.skipIf(CHROMIUM === undefined)('labelling in a browser', () => {
  let built: Awaited<ReturnType<typeof buildConsole>>;
  let browser: Browser;
  let fake: FakeControl;
  let queue: SampleQueue;
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
    queue = sampleQueue();
    const { handlers } = sampleHandlers(() => fake.url);
    const lookedUp = handlers['jobs.get'];
    fake = await startFakeControl({
      folder: built.folder,
      key: KEY,
      handlers: {
        ...handlers,
        ...queue.handlers,
        'jobs.get': (input) => ({
          ...(lookedUp!(input) as Awaited<ReturnType<NonNullable<typeof lookedUp>>>),
          output: { queue: 'churn-churned' },
        }),
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
  const row = (number: number) => page.getByRole('heading', { name: `Row ${number}`, exact: true }).waitFor();

  test('the list leads to a queue, which hands out nothing before it is asked to', async () => {
    await open('/label');
    await page.getByRole('link', { name: 'churn-churned' }).click();
    await page.getByRole('heading', { name: 'churn-churned', level: 1 }).waitFor();
    await page.getByText('0.799').waitFor();
    expect(fake.calls).not.toContain('labelling.next');
    await page.getByRole('button', { name: 'Start labelling' }).click();
    await row(0);
    expect(page.url()).toContain('work=yes');
    expect(complaints).toEqual([]);
  });

  test('keys answer, skip and take back, row after row, with nothing clicked', async () => {
    await open('/label/churn-churned?work=yes');
    await row(0);
    await page.keyboard.press('1');
    await row(1);
    await page.keyboard.press('s');
    await row(2);
    await page.keyboard.press('9'); // no such choice
    await page.keyboard.press('3');
    await row(3);
    await page.getByText('Answered Cannot tell. Row 3 is next.').waitFor();
    await page.keyboard.press('u');
    await row(2);
    expect([...queue.given]).toEqual([
      [0, 'Yes'],
      [1, null],
    ]);
    await page.getByText('1 of 12 rows done').waitFor();
    expect(complaints).toEqual([]);
  });

  test('the values of a row stand beside their names, and what is missing is told', async () => {
    await open('/label/churn-churned?work=yes');
    await row(0);
    await page.keyboard.press('1');
    await row(1);
    await page.keyboard.press('1');
    await row(2);
    const values = await page.locator('dl').first().innerText();
    expect(values).toContain('contract\nMonth-to-month');
    expect(values).toContain('monthly_charges\n–');
  });

  test('a letter after g goes to a page, and letters can be turned off', async () => {
    await open('/label/churn-churned?work=yes');
    await row(0);
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByRole('heading', { name: 'System', level: 1 }).waitFor();
    expect(queue.given.size).toBe(0);
    await page.evaluate("localStorage.setItem('slipway.shortcuts', 'off')");
    await open('/label/churn-churned?work=yes');
    await row(0);
    await page.keyboard.press('s');
    await page.keyboard.press('1');
    await page.getByRole('button', { name: 'No', exact: false }).first().click();
    await row(1);
    expect([...queue.given]).toEqual([[0, 'No']]);
  });

  test('a row that went back to the queue meanwhile is told, and another shown', async () => {
    await open('/label/churn-churned?work=yes');
    await row(0);
    queue.given.set(0, 'No');
    await page.keyboard.press('1');
    await page.getByText('is not yours now').waitFor();
    await row(1);
    expect(queue.given.get(0)).toBe('No');
  });

  test('labels are applied after a second yes, and the version they are in is linked', async () => {
    await open('/label/churn-churned');
    await page.getByRole('button', { name: 'Apply' }).click();
    const dialog = page.getByRole('dialog', { name: 'Apply the labels?' });
    expect(fake.calls).not.toContain('labelling.apply');
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('27 labels are in').waitFor();
    const link = page.getByRole('link', { name: 'version 3 of churn' });
    expect(await link.getAttribute('href')).toBe('/datasets/churn?version=3');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.getByText('closed', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Start labelling' }).count()).toBe(0);
  });

  test('a reviewer decides a row that people did not', async () => {
    await open('/label/churn-churned');
    await page.getByRole('button', { name: 'Row 14: No', exact: true }).click();
    await page.getByText('Rows that people did not decide: 1.').waitFor();
    expect([...queue.reviewed]).toEqual([['churn-churned-14', 'No']]);
    expect(complaints).toEqual([]);
  });

  test('a queue is opened by a form, and leads to it', async () => {
    await open('/label');
    await page.getByLabel('Column to fill in').fill('churned');
    await page.getByLabel('Choices').fill('Yes, No');
    await page.getByRole('button', { name: 'Open the queue' }).click();
    await page.waitForURL(`${fake.url}/label/churn-churned`);
    expect(fake.calls).toContain('labelling.open');
    expect(complaints).toEqual([]);
  });
});
