import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../kernel/index.ts';
import type { ObjectStore } from '../../metadata/index.ts';
import { INGEST_LIMITS, manifestId, previewRows } from '../../stages/ingest/index.ts';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { jsonLines } from '../complete/json-lines.ts';
import type { IngestInput, TakenLabel } from '../model.ts';
import { ingestJob } from './ingest-job.ts';
import type { JobPorts } from './job-ports.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const objects = () => lake.ports.objects as unknown as ObjectStore;

/** A dataset of 30 rows whose target is `topic`. */
async function parentOf() {
  const lines = Array.from({ length: 30 }, (_, i) => `${i},${i % 2 === 0 ? 'billing' : 'returns'}`);
  const { manifest } = await lake.ingest('tickets.csv', `x,topic\n${lines.join('\n')}\n`);
  return { manifest, manifestId: manifestId(manifest), dataset: 'tickets' };
}

async function ingested(rows: readonly object[], labels: readonly TakenLabel[]) {
  const parent = await parentOf();
  const { sha256 } = await objects().put(jsonLines(rows));
  const told = await objects().put(jsonLines(labels));
  const corrected = labels.filter(({ row }) => row !== null).length;
  const input: IngestInput = {
    file: { sha256, filename: 'labelled.ndjson' },
    dataset: 'tickets',
    parent,
    allowMissing: ['x'],
    labelled: {
      labels: told.sha256,
      rows: rows.length,
      corrected,
      manifestId: parent.manifestId,
      endpoint: 'tickets',
      target: 'topic',
    },
  };
  const ports = { ...lake.ports, limits: INGEST_LIMITS, clock: systemClock } as unknown as JobPorts;
  const run = { news: () => {}, signal: new AbortController().signal, former: null };
  return { parent, output: await ingestJob(input, ports, run) };
}

const label = (predictionId: string, value: string, row: number | null = null): TakenLabel => ({
  predictionId,
  value,
  row,
});

it('a corrected label replaces that of its row, in a version of its own, and new rows follow', async () => {
  const { parent, output } = await ingested(
    [{ x: 100, topic: 'warranty' }, { topic: 'billing' }],
    [label('p_1', 'warranty'), label('p_2', 'billing'), label('p_0', 'warranty', 29)],
  );
  const { corrected, manifest } = output;
  expect(corrected!.manifest).toMatchObject({ parent: parent.manifestId, rows: 30 });
  expect(corrected!.manifest.lineage).toMatchObject({
    format: 'labels',
    source: 'corrected labels of endpoint tickets',
  });
  expect(manifest).toMatchObject({ parent: corrected!.manifestId, rows: 32 });
  expect(await previewRows(manifest, { offset: 28, limit: 10 }, lake.ports)).toEqual([
    { x: 28, topic: 'billing' },
    { x: 29, topic: 'warranty' },
    { x: 100, topic: 'warranty' },
    { x: null, topic: 'billing' },
  ]);
});

it('corrected labels alone make a version with the same rows', async () => {
  const { parent, output } = await ingested([], [label('p_0', 'warranty', 0)]);
  expect(output.corrected).toBeUndefined();
  expect(output.manifest).toMatchObject({ parent: parent.manifestId, rows: 30 });
  expect(await previewRows(output.manifest, { offset: 0, limit: 1 }, lake.ports)).toEqual([
    { x: 0, topic: 'warranty' },
  ]);
});
