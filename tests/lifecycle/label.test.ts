import type { DatasetVersion, LabelQueueReport, LabelTask, ShipResult } from '@slipway/contract';
import { type Client, createClient } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelAtTerminal } from '../../packages/cli/src/labelling/label-at-terminal.ts';
import { isRunning } from '../../packages/server/src/testing/is-running.ts';
import { cleanUp, eventually, HAS_REAL_TABLES, type Platform, startPlatform } from './slipway.ts';
import { cellsOf, changed, csvFile, type Rows, splitTable } from './tables.ts';

const MINUTES = 60_000;
const ROWS = 1000;
/** Every 25th row has no answer at first. */
const isBlank = (row: number) => row % 25 === 0;
const BLANK = ROWS / 25;

afterAll(cleanUp);

/** A platform that is gone at once, and another on the same folder. */
async function killed(platform: Platform): Promise<Platform> {
  process.kill(platform.pid, 'SIGKILL');
  await eventually('end of the server', () => (isRunning(platform.pid) ? undefined : true));
  return startPlatform({ folder: platform.folder });
}

/** One platform, one story: a table with gaps, two people who do not always agree, a version without most gaps. */
describe.skipIf(!HAS_REAL_TABLES)('../shared/data/telco_churn.csv with blanked targets, labelled', () => {
  let platform: Platform;
  let truth: string[];
  let table: Rows;
  const keys: Record<string, string> = {};
  /** What each person said of each row, and was told is kept. */
  const said: Record<string, Map<number, string>> = { ann: new Map(), bob: new Map() };

  const as = (person: string): Client => createClient({ server: platform.url, token: keys[person]! });
  const queue = () => platform.answer<LabelQueueReport>(['label', 'show', 'doubtful']);
  const other = (answer: string) => (answer === 'Yes' ? 'No' : 'Yes');
  /** Ann is right; Bob is wrong about every fifth of these rows. */
  const opinion = (person: string, { row }: LabelTask) =>
    person === 'bob' && (row / 25) % 5 === 0 ? other(truth[row]!) : truth[row]!;

  async function work(person: string, most: number): Promise<void> {
    const params = { queue: 'doubtful' };
    for (let i = 0; i < most; i++) {
      const { task } = await as(person).call['labelling.next']({ params });
      if (task === null) return;
      const value = opinion(person, task);
      await as(person).call['labelling.submit']({ params: { ...params, task: task.id }, body: { value } });
      said[person]!.set(task.row, value);
    }
  }

  beforeAll(async () => {
    platform = await startPlatform();
    table = (await splitTable('telco_churn.csv', 6043)).first;
    truth = cellsOf(table, 'Churn');
    const file = await csvFile(
      'gaps.csv',
      changed(table, { Churn: (cell, row) => (isBlank(row) ? '' : cell) }),
    );
    await platform.answer(['data', 'add', file, '--name', 'gaps']);
    await platform.answer<ShipResult>(['ship', 'gaps', '--target', 'Churn', '--budget', '3s']);
    for (const [name, role] of [
      ['ann', 'labeller'],
      ['bob', 'labeller'],
      ['eve', 'viewer'],
    ])
      keys[name!] = (
        await platform.answer<{ secret: string }>(['keys', 'add', name!, '--role', role!])
      ).secret;
  }, 4 * MINUTES);

  it('a queue holds the rows without an answer, those first of which a model is least sure', async () => {
    const words = ['label', 'open', 'gaps', '--target', 'churn', '--name', 'doubtful', '--overlap', '2'];
    const opened = await platform.answer<LabelQueueReport>([...words, '--uncertain-first', 'gaps']);
    expect(opened).toMatchObject({
      target: 'Churn',
      choices: ['No', 'Yes'],
      orderedBy: { model: 'gaps', version: 1 },
      progress: { tasks: BLANK, done: 0, answers: 0 },
    });
    const first = await as('ann').call['labelling.next']({ params: { queue: 'doubtful' } });
    expect(isBlank(first.task!.row)).toBe(true);
    expect(Object.keys(first.task!.values)).toEqual(table.header.filter((name) => name !== 'Churn'));
    expect(String(first.task!.values.customerID)).toBe(table.rows[first.task!.row]![0]);
  });

  it('labellers answer and do nothing else, and those who only look on do not answer', async () => {
    const forbidden = { code: 'access.forbidden' };
    const params = { queue: 'doubtful' };
    await expect(as('ann').call['labelling.apply']({ params })).rejects.toMatchObject(forbidden);
    await expect(as('ann').call['labelling.close']({ params })).rejects.toMatchObject(forbidden);
    await expect(as('ann').call['datasets.list']()).rejects.toMatchObject(forbidden);
    await expect(as('eve').call['labelling.next']({ params })).rejects.toMatchObject(forbidden);
    expect((await as('eve').call['labelling.get']({ params })).name).toBe('doubtful');
  });

  it(
    'a server that is killed while two people work loses no answer that it said it has',
    async () => {
      const atWork = [work('ann', BLANK), work('bob', BLANK)].map((each) => each.catch(() => undefined));
      await eventually('some answers', () => (said.ann!.size + said.bob!.size > 12 ? true : undefined));
      platform = await killed(platform);
      await Promise.all(atWork);
      const given = said.ann!.size + said.bob!.size;
      expect(given).toBeLessThan(2 * BLANK);
      const { people } = await queue();
      for (const { name, answers } of people) {
        // One whose answer was cut off on its way may be kept as well.
        expect(answers).toBeGreaterThanOrEqual(said[name]!.size);
        expect(answers).toBeLessThanOrEqual(said[name]!.size + 1);
      }
      await work('ann', BLANK);
      await work('bob', BLANK);
      expect(await queue()).toMatchObject({ progress: { done: BLANK, leased: 0, answers: 2 * BLANK } });
    },
    2 * MINUTES,
  );

  it('says how far they agree, and of which rows they do not', async () => {
    const { agreement, agreed, undecidedRows, undecided } = await queue();
    expect(agreement.observed).toBeCloseTo(0.8, 10);
    expect(agreement.krippendorffAlpha).toBeGreaterThan(0.2);
    expect(agreement.krippendorffAlpha).toBeLessThan(0.8);
    expect([agreed, undecidedRows]).toEqual([BLANK * 0.8, BLANK * 0.2]);
    expect(undecided.every(({ row }) => (row / 25) % 5 === 0)).toBe(true);
  });

  it('labels that agree make a dataset version; nothing else in it changes, nor the one before', async () => {
    const made = await platform.answer<{ version: number; rows: number; undecided: number }>([
      'label',
      'apply',
      'doubtful',
    ]);
    expect(made).toMatchObject({ version: 2, rows: BLANK * 0.8, undecided: BLANK * 0.2 });
    const rowsOf = async (version: number) => {
      const params = { name: 'gaps', version };
      const body = { limit: 1000 };
      return (await platform.client.call['datasets.preview']({ params, body })).rows;
    };
    const [before, after] = [await rowsOf(1), await rowsOf(2)];
    expect(after).toEqual(
      before.map((row, i) => (isBlank(i) && (i / 25) % 5 !== 0 ? { ...row, Churn: truth[i] } : row)),
    );
    const shown = await platform.answer<DatasetVersion>(['data', 'show', 'gaps']);
    expect(shown).toMatchObject({ version: 2, rows: ROWS, source: 'labelling queue doubtful' });
    expect(shown.profile.find(({ name }) => name === 'Churn')!.missing).toBe(BLANK * 0.2);
  });

  it('nothing is applied twice, and a closed queue takes no answer', async () => {
    const again = await platform.run(['label', 'apply', 'doubtful', '--json']);
    expect(again.code).toBe(5);
    expect(JSON.parse(again.stdout).error.code).toBe('label.nothing-to-apply');
    await platform.answer(['label', 'close', 'doubtful']);
    const next = as('ann').call['labelling.next']({ params: { queue: 'doubtful' } });
    await expect(next).rejects.toMatchObject({ code: 'label.closed' });
  });

  it(
    'the labelled version is trained on, its rows on the side where they were',
    async () => {
      const holdoutOf = async (version: number) => {
        const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({ query: { limit: 5 } });
        const stages = pipelineRuns.find(
          ({ kind, result }) => kind === 'ship' && result?.dataset.version === version,
        )!;
        return (stages.stages.find(({ stage }) => stage === 'prepare')!.facts.split as { holdout: number })
          .holdout;
      };
      const words = ['ship', 'gaps', '--target', 'Churn', '--budget', '3s', '--json'];
      const { code, stdout } = await platform.run(words);
      expect([0, 10]).toContain(code);
      expect((JSON.parse(stdout) as ShipResult).dataset).toMatchObject({
        name: 'gaps',
        version: 2,
        rows: ROWS,
      });
      // A fifth of the rows that people labelled is held out beside those held out before.
      const more = (await holdoutOf(2)) - (await holdoutOf(1));
      expect(more).toBeGreaterThan(0);
      expect(more).toBeLessThan(BLANK * 0.8 * 0.5);
    },
    3 * MINUTES,
  );
});

describe('labelling at a terminal', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform();
    const file = await csvFile('houses.csv', {
      header: ['street', 'rooms'],
      rows: ['Elm', 'Oak', 'Fir', 'Ash'].map((street, i) => [street, String(i + 2)]),
    });
    await platform.answer(['data', 'add', file, '--name', 'houses']);
  }, MINUTES);

  async function press(queue: string, keys: readonly string[]): Promise<{ text: string; answered: number }> {
    let text = '';
    const opened = await platform.answer<LabelQueueReport>(['label', 'show', queue]);
    async function* pressed() {
      for (const sequence of keys) yield { sequence, name: sequence === '\r' ? 'return' : sequence };
    }
    const write = (more: string) => {
      text += more;
    };
    const { answered } = await labelAtTerminal(platform.client, opened, { keys: pressed(), write });
    return { text, answered };
  }

  it('a column that the dataset lacks needs choices, and is added with the answers', async () => {
    const { code, stdout } = await platform.run(['label', 'open', 'houses', '--target', 'mood', '--json']);
    expect(code).toBe(6);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'label.target-unfit', path: 'target' });
    await platform.answer(['label', 'open', 'houses', '--target', 'mood', '--choices', 'good,bad']);
    const { text, answered } = await press('houses-mood', ['1', 's', 'u', '2', '2', 'q']);
    expect(answered).toBe(3);
    expect(text).toContain('street  Elm');
    expect(text).toContain('1  good');
    await platform.answer(['label', 'apply', 'houses-mood']);
    const params = { name: 'houses', version: 'latest' as const };
    const { rows } = await platform.client.call['datasets.preview']({ params, body: {} });
    expect(rows.map(({ mood }) => mood)).toEqual(['good', 'bad', 'bad', null]);
  });

  it('numbers are labels too', async () => {
    await platform.answer(['label', 'open', 'houses', '--target', 'price', '--numbers', '--limit', '2']);
    expect((await press('houses-price', [...'1.5', '\r', ...'2e3', '\r'])).answered).toBe(2);
    await platform.answer(['label', 'apply', 'houses-price']);
    const { schema, version } = await platform.answer<DatasetVersion>(['data', 'show', 'houses']);
    expect(version).toBe(3);
    expect(schema.find(({ name }) => name === 'price')).toMatchObject({ type: 'number', nullable: true });
  });

  it('rows that were appended meanwhile stay; the labels are built on the newest version', async () => {
    await platform.answer(['label', 'open', 'houses', '--target', 'mood', '--relabel', '--name', 'again']);
    const header = ['street', 'rooms', 'mood', 'price'];
    const more = await csvFile('more-houses.csv', { header, rows: [['Yew', '9', 'good', '7']] });
    await platform.answer(['data', 'add', more, '--name', 'houses', '--append']);
    // Choices of a column come the most frequent first: bad, good.
    await press('again', ['1', '2', 'q']);
    expect(await platform.answer(['label', 'apply', 'again'])).toMatchObject({ version: 5, rows: 2 });
    const params = { name: 'houses', version: 5 };
    const { rows } = await platform.client.call['datasets.preview']({ params, body: {} });
    expect(rows.map(({ street, mood }) => [street, mood])).toEqual([
      ['Elm', 'bad'],
      ['Oak', 'good'],
      ['Fir', 'bad'],
      ['Ash', null],
      ['Yew', 'good'],
    ]);
  });
});
