import { isFailure } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import { appendFile, type Ingested, manifestId } from '../../stages/ingest/index.ts';
import { candidatePorts } from '../../testing/candidate-ports.builder.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput, CandidateOutput, StageProgress } from '../model.ts';
import { candidateJob } from './candidate-job.ts';

const FIRST_ROWS = 240;

let lake: TemporaryLake;
let ports: JobPorts;
beforeAll(async () => {
  lake = await temporaryLake();
  ports = await candidatePorts(lake);
}, 60_000);
afterAll(() => lake.close());

/** Rows of an input and a target that follows it. */
function csv(count: number, seed: number, targetOf: (x: number, draw: number) => string | number): string {
  const draw = seededRandom(seed);
  const lines = Array.from({ length: count }, () => {
    const x = draw();
    return `${x.toFixed(4)},${targetOf(x, draw())}`;
  });
  return `x,y\n${lines.join('\n')}\n`;
}

async function trained(
  { manifest }: Pick<Ingested, 'manifest'>,
  increments: number[],
  asked: Partial<CandidateInput> = {},
) {
  const news: StageProgress[] = [];
  const input: CandidateInput = {
    ...{ runId: 'run_1', modelName: 'shops', version: 2, dataset: 'shops', datasetVersion: 2 },
    ...{ manifestId: manifestId(manifest), manifest, increments },
    ...{ target: 'y', task: null, timeColumn: null, exclude: [], champion: null },
    ...{ budgetSeconds: Number.POSITIVE_INFINITY, seed: 1, splitSeed: 1 },
    ...asked,
    wish: {
      goal: { learner: 'boosted-trees', params: { rounds: 8, learningRate: 0.4 }, trials: 1 },
      ...asked.wish,
    },
  };
  const output = await candidateJob(input, ports, {
    news: (one) => void (news as unknown[]).push(one),
    signal: new AbortController().signal,
    former: null,
  });
  return { output, news };
}

/** What a retraining of the first rows' model on these and the appended ones comes to. */
async function retrained(
  name: string,
  rows: { first: string; appended: string; ofChampion?: string },
  asked: Partial<CandidateInput> = {},
) {
  const first = await lake.ingest(`${name}.csv`, rows.first);
  // After a roll-back the champion was trained on rows that the dataset no longer has.
  const former =
    rows.ofChampion === undefined ? first : await lake.ingest(`${name}-former.csv`, rows.ofChampion);
  const champion = (await trained(former, [FIRST_ROWS], asked)).output;
  const file = await lake.file(`${name}-appended.csv`, rows.appended);
  const grown = await appendFile(
    first.manifest,
    { file, fileName: 'appended.csv', dataset: 'shops' },
    lake.ports,
  );
  const again = await trained(grown, [FIRST_ROWS, grown.manifest.rows - FIRST_ROWS], {
    ...asked,
    champion: {
      bundleId: champion.bundleId,
      version: 1,
      known: { increments: 1, labellings: 0 },
      commonRows: FIRST_ROWS,
    },
    isRetraining: true,
    reading: { version: 1, task: champion.task as 'binary', classes: classesOf(champion) },
  });
  return { champion, again: again.output, news: again.news };
}

function classesOf({ report }: CandidateOutput): string[] {
  return (report as { classes: string[] }).classes;
}

const cardOf = async ({ bundleId }: CandidateOutput) =>
  new TextDecoder().decode((await ports.bundles.open(bundleId)).files.get('card.md')!);

describe('a retraining keeps how the target is read', () => {
  it('as a number, where the values of all rows would be classes', async () => {
    const { champion, again, news } = await retrained('numbers', {
      first: csv(FIRST_ROWS, 1, (x) => (x < 0.7 ? 0 : x < 0.88 ? 1 : x < 0.97 ? 2 : 3)),
      appended: csv(300, 2, (x) => Math.floor(4 * x)),
    });
    expect([champion.task, again.task]).toEqual(['regression', 'regression']);
    expect(news.find(({ stage, state }) => stage === 'prepare' && state === 'done')?.facts.taskReason).toBe(
      'y is predicted as a number, as by version 1.',
    );
    expect(again.carriedOver).toEqual([
      expect.stringMatching(
        /^y is predicted as a number, as by version 1\. By its values alone it would be multiclass/,
      ),
    ]);
  }, 60_000);

  it('as classes, where the values of all rows would be numbers; told at the stage, in the output and on the card', async () => {
    const { champion, again, news } = await retrained('codes', {
      first: csv(FIRST_ROWS, 3, (x) => 1 + Math.floor(5 * x)),
      appended: csv(300, 4, (x, draw) => (draw < 0.1 ? 60 : 1 + Math.floor(5 * x))),
    });
    expect([champion.task, again.task]).toEqual(['multiclass', 'multiclass']);
    const [kept, unknown] = again.carriedOver!;
    expect(kept).toMatch(
      /^y is predicted as classes, as by version 1\. By its values alone it would be regression/,
    );
    expect(unknown).toMatch(/^y has 1 class that version 1 does not know: 60 \(\d+ rows\)\.$/);
    const prepared = news.find(({ stage, state }) => stage === 'prepare' && state === 'done')!;
    expect(prepared.facts.carriedOver).toEqual([kept, unknown]);
    expect(prepared.says).toContain(unknown);
    expect(await cardOf(again)).toContain('## Kept from the version before');
  }, 60_000);

  it('with the same positive class, though it is the more frequent one by now', async () => {
    const { champion, again } = await retrained('positive', {
      first: csv(FIRST_ROWS, 5, (x) => (x < 0.3 ? 'red' : 'blue')),
      appended: csv(300, 6, (x) => (x < 0.9 ? 'red' : 'blue')),
    });
    expect(classesOf(champion)).toEqual(['blue', 'red']);
    expect(classesOf(again)).toEqual(['blue', 'red']);
    expect(again.carriedOver).toBeUndefined();
  }, 60_000);

  it('or is refused: a third class, with its rows and the way out', async () => {
    const work = retrained('third', {
      first: csv(FIRST_ROWS, 7, (x) => (x < 0.3 ? 'red' : 'blue')),
      appended: csv(100, 8, (x) => (x < 0.5 ? 'red' : x < 0.6 ? 'green' : 'blue')),
    });
    const failure = await work.catch((error: unknown) => error);
    if (!isFailure(failure)) throw failure;
    expect(failure.code).toBe('target.changed');
    expect(failure.message).toMatch(
      /trained as binary: it has 1 class that version 1 does not know: green \(\d+ rows\)\.$/,
    );
    expect(failure.hint).toContain('`slipway data rollback shops`');
  }, 60_000);
});

it('costs of a class that the training rows no longer have are told at the stage, in the output and on the card', async () => {
  const costs = {
    pairs: [
      { truth: 'red', predicted: 'blue', cost: 5 },
      { truth: 'green', cost: 3 },
    ],
    other: 1,
  };
  const kind = (x: number) => (x < 0.3 ? 'red' : x < 0.6 ? 'blue' : 'grey');
  const { champion, again, news } = await retrained(
    'costs',
    {
      ofChampion: csv(FIRST_ROWS, 9, (x) => (x > 0.9 ? 'green' : kind(x))),
      first: csv(FIRST_ROWS, 9, kind),
      appended: csv(200, 10, kind),
    },
    { wish: { costs } },
  );
  expect(champion.carriedOver).toBeUndefined();
  expect(again.carriedOver).toEqual([
    'The training rows do not have the class of y that version 1 knows: green. This version never answers it.',
    "One of the costs is not used: the training rows have no class green of y (green:*=3). It stays with the model's training options and counts again when such rows come.",
  ]);
  const prepared = news.find(({ stage, state }) => stage === 'prepare' && state === 'done')!;
  expect(prepared.says).toContain(again.carriedOver![1]);
  expect(prepared.facts.carriedOver).toEqual(again.carriedOver);
  expect(await cardOf(again)).toMatch(
    /## Kept from the version before\n\n.*\n- One of the costs is not used/,
  );
}, 60_000);
