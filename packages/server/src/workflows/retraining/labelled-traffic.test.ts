import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pgliteUnderTest } from '../../adapters/database/pglite-under-test.ts';
import type { Database, PendingLabel } from '../../metadata/index.ts';
import { type DatasetManifest, manifestId } from '../../stages/ingest/index.ts';
import type { DatabaseUnderTest } from '../../testing/contracts/database/database-under-test.ts';
import { afterIngest } from '../complete/after-ingest.ts';
import { jsonParts } from '../complete/json-lines.ts';
import type { IngestInput, IngestOutput, LabelledTraffic, PipelineRunRequest, TakenLabel } from '../model.ts';
import { labelsToGather } from './labelled-traffic.ts';
import { rollBackDataset } from './roll-back-dataset.ts';

let subject: DatabaseUnderTest;
let database: Database;
beforeAll(async () => {
  subject = await pgliteUnderTest();
  database = subject.database;
});
afterAll(() => subject.dispose());

let name: string;
let names = 0;
let rows: number;
beforeEach(async () => {
  name = `watched-${++names}`;
  rows = 100;
  const { models, endpoints, datasets } = database.stores;
  await models.ensure({ name, task: 'binary', target: 'y', dataset: name });
  await endpoints.create({ name, model: name, target: 'y', task: 'binary' });
  const policy = { mode: 'auto', on: ['drift'], minLabels: 10, cooldownHours: 0, checkEveryMinutes: 60 };
  await endpoints.setPolicy(name, policy);
  await datasets.create(name);
  await datasets.addVersion(name, madeOf(null));
});

function madeOf(parent: string | null, format = 'csv') {
  const manifest = {
    parent,
    rows,
    bytes: 1,
    segments: [{ sha256: String(rows).padStart(64, '0'), rows, bytes: 1 }],
    schema: { columns: [] },
    lineage: { source: `${name}-${rows}`, format },
  } as unknown as DatasetManifest;
  return { manifest, manifestId: manifestId(manifest), profile: { columns: [] } as never };
}

const objects = () => {
  const stored = new Map<string, Uint8Array[]>();
  return {
    async put(bytes: Uint8Array | AsyncIterable<Uint8Array>) {
      const chunks: Uint8Array[] = [];
      if (bytes instanceof Uint8Array) chunks.push(bytes);
      else for await (const chunk of bytes) chunks.push(chunk);
      const sha256 = String(stored.size);
      stored.set(sha256, chunks);
      return { sha256, bytes: 0 };
    },
    async *read(sha256: string) {
      yield* stored.get(sha256)!;
    },
  };
};

/** The labels that a retraining would take in now: id, label and the row that holds the prediction. */
async function gathered(): Promise<[string, string, number | null][]> {
  const store = objects();
  const endpoint = await database.stores.endpoints.get(name);
  const found = await labelsToGather(
    { stores: database.stores, objects: store },
    endpoint,
    '2026-01-01T00:00:00.000Z',
  );
  const labels: PendingLabel[] = [];
  for await (const part of jsonParts<PendingLabel>(store.read(found!.labels), 1000)) labels.push(...part);
  return labels.map(({ predictionId, value, row }) => [predictionId, value, row]);
}

const label = (value: string, observedAt: string, ...ids: string[]) =>
  database.stores.labels.put(
    name,
    ids.map((predictionId) => ({ predictionId, value, observedAt })),
  );

/** A retraining takes these labels in: rows are appended, then corrected ones follow. */
async function takeIn(labels: readonly TakenLabel[]): Promise<void> {
  const latest = await database.stores.datasets.version(name);
  const appended = labels.filter(({ row }) => row === null).length;
  rows += appended;
  const traffic: LabelledTraffic = {
    labels: 'l',
    rows: appended,
    corrected: labels.length - appended,
    manifestId: latest.manifestId,
  };
  const input: IngestInput = {
    file: { sha256: 'f', filename: 'f' },
    dataset: name,
    parent: { ...latest, dataset: name },
    labelled: { ...traffic, endpoint: name, target: 'y' },
  };
  const format = appended === 0 ? 'labels' : 'ndjson';
  const output: IngestOutput = { ...madeOf(latest.manifestId, format), seconds: 0 };
  await database.transaction((stores) => afterIngest(stores, null, input, output, labels));
}

const OLD = '2001-01-01T00:00:00.000Z';

describe('labels that a retraining takes in', () => {
  it('are those that the dataset does not hold, whatever time their callers gave them', async () => {
    const first = Array.from({ length: 120 }, (_, i) => `p_${i}`);
    await label('Yes', '2031-01-01T00:00:00.000Z', ...first);
    expect(await gathered()).toHaveLength(120);
    await takeIn(first.map((predictionId) => ({ predictionId, value: 'Yes', row: null })));
    expect(await gathered()).toEqual([]);
    const later = Array.from({ length: 150 }, (_, i) => `q_${i}`);
    await label('No', OLD, ...later);
    expect(await gathered()).toHaveLength(150);
  });

  it('replace the label of the row that a prediction has, once it was corrected', async () => {
    await label('Yes', OLD, 'a', 'b');
    await takeIn([
      { predictionId: 'a', value: 'Yes', row: null },
      { predictionId: 'b', value: 'Yes', row: null },
    ]);
    await label('No', OLD, 'b');
    expect(await gathered()).toEqual([['b', 'No', 101]]);
    await takeIn([{ predictionId: 'b', value: 'No', row: 101 }]);
    expect(await gathered()).toEqual([]);
    await label('Yes', OLD, 'b');
    expect(await gathered()).toEqual([['b', 'Yes', 101]]);
  });

  it('stay out once they were rolled back, until they are corrected: then they are rows again', async () => {
    await label('Yes', OLD, 'a', 'b');
    await takeIn([
      { predictionId: 'a', value: 'Yes', row: null },
      { predictionId: 'b', value: 'Yes', row: null },
    ]);
    const ask = { dataset: name, to: 1, by: 'anna', requestId: 'r' };
    await rollBackDataset(database, ask as never);
    expect(await gathered()).toEqual([]);
    await label('No', OLD, 'a');
    expect(await gathered()).toEqual([['a', 'No', null]]);
  });
});

describe('labels of before it was recorded which the dataset holds', () => {
  async function retrained(asked: Partial<PipelineRunRequest>, ingest: 'done' | 'failed' = 'done') {
    const { pipelineRuns } = database.stores;
    const request = { kind: 'retrain', name, endpoint: name, by: 'anna', reason: 'asked', ...asked };
    const { id } = await pipelineRuns.create({ name, kind: 'retrain', request });
    await pipelineRuns.beginStage(id, 'ingest');
    await pipelineRuns.endStage(id, 'ingest', ingest, null);
    return pipelineRuns.end(id, { state: 'failed' });
  }
  const later = '2999-01-01T00:00:00.000Z';

  it('are not taken in again, whatever was trained since on other files', async () => {
    await label('Yes', OLD, 'a');
    await retrained({ by: 'policy', labelledUntil: later });
    await retrained({});
    expect(await gathered()).toEqual([]);
  });

  it('are taken in where they did not get into the dataset', async () => {
    await label('Yes', OLD, 'a');
    await retrained({ by: 'policy', labelledUntil: later }, 'failed');
    expect(await gathered()).toHaveLength(1);
  });

  it('do not hold back those of a release that records it', async () => {
    await label('Yes', OLD, 'a');
    await retrained({ by: 'policy', labelledUntil: later, labelled: {} as never });
    expect(await gathered()).toHaveLength(1);
  });
});
