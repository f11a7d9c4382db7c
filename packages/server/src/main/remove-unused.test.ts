import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBundleFolderStore, openFileSigner } from '../adapters/bundles/index.ts';
import { pgliteUnderTest } from '../adapters/database/pglite-under-test.ts';
import { openFileObjects } from '../adapters/objects/index.ts';
import type { ObjectStore, Stores } from '../metadata/index.ts';
import { type BundleFile, type BundleStore, type Signer, signBundle } from '../stages/pack/index.ts';
import type { DatabaseUnderTest } from '../testing/contracts/database/database-under-test.ts';
import { removeUnused } from './remove-unused.ts';

let scratch: string;
let subject: DatabaseUnderTest;
let objects: ObjectStore;
let bundles: BundleStore;
let signer: Signer;
let stores: Stores;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-unused-'));
  subject = await pgliteUnderTest();
  stores = subject.database.stores;
  objects = await openFileObjects(join(scratch, 'objects'));
  signer = await openFileSigner(join(scratch, 'keys'));
  await mkdir(join(scratch, 'bundles'));
  bundles = createBundleFolderStore(join(scratch, 'bundles'), signer);
}, 120_000);
afterAll(async () => {
  await subject.dispose();
  await rm(scratch, { recursive: true });
});

/** Everything is older than that, or nothing is. */
const ALL = -60_000;
const NOTHING = 3_600_000;

type Step = { does: keyof typeof STEPS; content: number; other: number };
type History = {
  name: string;
  named: Named[];
  lapsed: Set<string>;
  stored: Set<string>;
  storedBundles: Set<string>;
};
/** Why some bytes must stay. */
type Named = {
  by: 'upload' | 'input' | 'output' | 'segment' | 'version';
  hash: string;
  job?: string;
  kind?: string;
};

const STEPS = {
  'bytes without a row': async (history: History, { content }: Step) => void (await put(history, content)),
  upload: async (history: History, { content }: Step) => {
    const hash = await put(history, content);
    await stores.uploads.add({ sha256: hash, filename: 'f.csv', bytes: 1, owner: null });
    history.named.push({ by: 'upload', hash });
  },
  'begin a job': async (history: History, { content, other }: Step) => {
    const hash = await put(history, content);
    const kind = other % 2 === 0 ? 'candidate' : 'predict-file';
    const { id } = await stores.jobs.enqueue(kind, { file: { sha256: hash } });
    history.named.push({ by: 'input', hash, job: id, kind });
  },
  'end a job': async (history: History, { content }: Step) => {
    const begun = history.named.find(({ by }) => by === 'input');
    if (begun === undefined) return;
    const claimed = await stores.jobs.claim({ instance: 'i', worker: history.name }, [begun.kind!], 60_000);
    const hash = await put(history, content);
    await stores.jobs.complete(claimed!.id, claimed!.token, { sha256: hash });
    history.named = history.named.filter(({ by, job }) => by !== 'input' || job !== claimed!.id);
    history.named.push({ by: 'output', hash, job: claimed!.id, kind: claimed!.kind });
  },
  'a dataset version': async (history: History, { content }: Step) => {
    const hash = await put(history, content);
    const manifest = { segments: [{ sha256: hash }] } as never;
    await stores.datasets.create(history.name).catch(() => undefined);
    await stores.datasets.addVersion(history.name, { manifestId: hash, manifest, profile: {} as never });
    history.named.push({ by: 'segment', hash });
  },
  'a bundle without a row': async (history: History, { content }: Step) =>
    void (await putBundle(history, content)),
  'a model version': async (history: History, { content }: Step) => {
    const bundleId = await putBundle(history, content);
    await stores.models.ensure({ name: history.name, task: 'binary', target: 't', dataset: history.name });
    const facts = { datasetVersion: 1, learner: 'l', metrics: {}, primaryMetric: 'm', gates: [], bytes: 1 };
    await stores.models.addVersion(history.name, { ...facts, bundleId, runId: null });
    history.named.push({ by: 'version', hash: bundleId });
  },
  'remove what is unused': async (history: History, { content, other }: Step) => {
    const ages = {
      orphans: content % 3 === 0 ? NOTHING : ALL,
      files: other % 2 === 0 ? NOTHING : ALL,
      jobs: content % 2 === 0 ? NOTHING : ALL,
      events: ALL,
    };
    await removeUnused({ database: subject.database, objects, bundles }, ages);
    if (ages.orphans === ALL) history.named = history.named.filter(({ by }) => by !== 'upload');
    if (ages.jobs === ALL)
      history.named = history.named.filter(({ by, kind }) => by !== 'output' || kind === 'candidate');
    await expectKept(history, ages);
  },
};

async function put({ name, stored }: History, content: number): Promise<string> {
  const { sha256 } = await objects.put(Buffer.from(`${name} ${content}`));
  stored.add(sha256);
  return sha256;
}

async function putBundle({ name, storedBundles }: History, content: number): Promise<string> {
  const files = new Map<BundleFile, Uint8Array>([['MLmodel', Buffer.from(`${name} ${content}`)]]);
  const { id } = await bundles.put(files.set('signature.json', await signBundle(files, signer)));
  storedBundles.add(id);
  return id;
}

/** A file that a job made and whose time was over once need not be there again when the ages are other ones. */
async function expectKept(
  { named, lapsed, stored, storedBundles }: History,
  ages: { orphans: number; files: number },
) {
  const isLapsed = ({ by, job }: Named) => by === 'output' && lapsed.has(job!);
  if (ages.files === ALL) for (const { by, job } of named) if (by === 'output') lapsed.add(job!);
  const needed = new Set(named.filter((one) => !isLapsed(one)).map(({ hash }) => hash));
  const nameable = new Set(named.map(({ hash }) => hash));
  for (const hash of stored) {
    const isThere = await objects.has(hash);
    if (needed.has(hash)) expect(isThere).toBe(true);
    else if (ages.orphans === ALL && !nameable.has(hash)) expect(isThere).toBe(false);
  }
  const there = new Set(await readdir(join(scratch, 'bundles')));
  for (const id of storedBundles) {
    if (needed.has(id)) await bundles.open(id);
    else if (ages.orphans === ALL) expect(there.has(id)).toBe(false);
  }
}

let histories = 0;

it('removing what is unused takes all of it, and nothing that any row names, whatever happened before', async () => {
  const step = fc.record({
    does: fc.constantFrom(...(Object.keys(STEPS) as Step['does'][])),
    content: fc.nat(5),
    other: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await subject.database.transaction(async ({ jobs }) => {
        for (const { id } of await jobs.list({ state: 'queued', limit: 1000 })) await jobs.cancel(id);
      });
      const name = `history-${++histories}`;
      const history: History = {
        name,
        named: [],
        lapsed: new Set(),
        stored: new Set(),
        storedBundles: new Set(),
      };
      const last: Step = { does: 'remove what is unused', content: 1, other: 0 };
      for (const one of [...steps, last]) await STEPS[one.does](history, one);
    }),
    { numRuns: 12 },
  );
}, 240_000);
