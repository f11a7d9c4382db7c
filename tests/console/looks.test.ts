import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole, CHROMIUM, complaintsOf, inPage, launch, NO_BROWSER, settled } from './browser.ts';
import { type FakeControl, startFakeControl } from './fake-control.ts';
import { sampleHandlers } from './sample-handlers.ts';

const PAGES = [
  '/pipeline-runs',
  '/pipeline-runs/plr_churn?stage=train',
  '/pipeline-runs/plr_churn?stage=validate',
  '/pipeline-runs/plr_churn?stage=prepare',
  '/pipeline-runs/plr_churn?stage=optimize',
  '/pipeline-runs/plr_churn?stage=pack',
  '/pipeline-runs/plr_demand',
  '/pipeline-runs/plr_patients',
  '/endpoints',
  '/endpoints/churn',
  '/endpoints/churn?tab=versions',
  '/endpoints/churn?tab=rollout',
  '/endpoints/canary?tab=rollout',
  '/endpoints/churn?tab=monitor',
  '/endpoints/churn?tab=policy',
  '/endpoints/churn?tab=tokens',
  '/datasets',
  '/datasets/churn?column=tenure',
  '/label',
  '/label/churn-churned',
  '/label/churn-churned?work=yes',
  '/models',
  '/models/churn',
  '/runs?trials=yes',
  '/runs/run_2?sort=-metric:rocAuc',
  '/runs/compare?ids=run_2_0,run_2_1',
  '/system',
  '/system?tab=config',
  '/system?tab=keys',
  '/system?tab=audit',
];

const SHAPES = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 768, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const;

const CONTRAST = inPage('measure-contrast', 'measureContrast');
const AUDIT = inPage('audit-page', 'auditPage');

if (CHROMIUM === undefined) console.warn(`looks of the console skipped: ${NO_BROWSER}`);

describe.skipIf(CHROMIUM === undefined)('every page of the console', () => {
  let built: Awaited<ReturnType<typeof buildConsole>>;
  let fake: FakeControl;
  let browser: Browser;

  beforeAll(async () => {
    built = await buildConsole();
    let url = '';
    const { handlers } = sampleHandlers(() => url);
    fake = await startFakeControl({ folder: built.folder, key: 'swk_test', handlers });
    url = fake.url;
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await fake?.close();
    built?.remove();
  });

  test.each(SHAPES)(
    'is readable, operable and quiet at $width px in $colorScheme',
    async (shape) => {
      const { width, colorScheme } = shape;
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await page.goto(`${fake.url}/#key=swk_test`);
      const troubles: string[] = [];
      for (const path of PAGES) {
        await page.goto(fake.url + path);
        await settled(page);
        troubles.push(...(await troublesOf(page)).map((trouble) => `${path}: ${trouble}`));
      }
      expect(troubles).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
    180_000,
  );
});

async function troublesOf(page: Page): Promise<string[]> {
  await page.evaluate('document.querySelectorAll("details").forEach((fold) => { fold.open = true; })');
  const contrast = (await page.evaluate(CONTRAST)) as { measured: number; found: string[] };
  const audit = (await page.evaluate(AUDIT)) as string[];
  // A page that shows no text would pass any measure of it.
  const blank = contrast.measured < 12 ? [`only ${contrast.measured} texts`] : [];
  return [...contrast.found.map((each) => `contrast ${each}`), ...audit, ...blank];
}
