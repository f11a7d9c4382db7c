import { isFailure } from '@slipway/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database, NewModelVersion, NewRun } from '../../../ledger/index.ts';

/** What a driver gives its suite: an empty database and a way round its back. */
export type DatabaseUnderTest = {
  /** As it is now: opened anew after each `tamper`. */
  readonly database: Database;
  /** Runs plain SQL past the stores. */
  tamper(statement: string): Promise<void>;
  dispose(): Promise<void>;
};

const version: NewModelVersion = {
  bundleId: 'b'.repeat(64),
  runId: null,
  datasetVersion: 1,
  learner: 'boosted-trees',
  metrics: { auc: 0.9 },
  primaryMetric: 'auc',
  gates: [],
  bytes: 10,
};

const run: NewRun = { name: 'a run', dataset: 'd', datasetVersion: 1, target: 't', task: 'binary' };

/** The promises of `Database` and of every store but the queue, which has a suite of its own. */
export function describeDatabase(name: string, open: () => Promise<DatabaseUnderTest>): void {
  describe(`the database on ${name}`, () => {
    let subject: DatabaseUnderTest;
    let database: Database;

    beforeAll(async () => {
      subject = await open();
    }, 120_000);
    beforeEach(() => {
      database = subject.database;
    });
    afterAll(() => subject?.dispose());

    async function modelWith(model: string, versions: number): Promise<void> {
      await database.stores.models.ensure({ name: model, task: 'binary', target: 't', dataset: 'd' });
      for (let i = 0; i < versions; i++) await database.stores.models.addVersion(model, version);
    }

    describe('transactions', () => {
      it('keeps all of a transaction or none of it', async () => {
        await modelWith('atomic', 2);
        await database.stores.models.moveAlias('atomic', 'champion', 1);
        const before = await database.stores.audit.list({ limit: 1 });
        const broken = database.transaction(async ({ models, audit, outbox }) => {
          await models.moveAlias('atomic', 'champion', 2);
          await outbox.add({ topic: 'alias.moved', subject: 'atomic', payload: { to: 2 } });
          await audit.append({ who: 'me', what: 'alias.move', subject: 'atomic' });
          throw new Error('the power went');
        });
        await expect(broken).rejects.toThrow('the power went');
        expect((await database.stores.models.aliased('atomic', 'champion'))?.version).toBe(1);
        expect(await database.stores.audit.list({ limit: 1 })).toEqual(before);
        const told = await database.stores.outbox.pending();
        expect(told.filter(({ subject: about }) => about === 'atomic')).toEqual([]);
      });

      it('goes on after a transaction that caught a failure of one of its steps', async () => {
        await database.transaction(async ({ datasets, outbox }) => {
          await datasets.create('twice');
          await datasets.create('twice').catch((error: unknown) => {
            if (!isFailure(error, 'dataset.exists')) throw error;
          });
          await outbox.add({ topic: 'kept', subject: 'twice', payload: null });
        });
        expect(await database.stores.datasets.find('twice')).toMatchObject({ name: 'twice' });
      });

      it('gives 64 parallel writers of one alias a linear history', async () => {
        await modelWith('contended', 8);
        const moves = Array.from({ length: 64 }, (_, i) =>
          database.transaction(async ({ models, audit }) => {
            const move = await models.moveAlias('contended', 'champion', 1 + (i % 8));
            await audit.append({
              who: `writer ${i}`,
              what: 'test.move',
              subject: 'contended',
              details: move,
            });
          }),
        );
        await Promise.all(moves);
        const entries = await database.stores.audit.list({ limit: 1000 });
        const history = entries.filter(({ what }) => what === 'test.move').reverse();
        expect(history).toHaveLength(64);
        let at: unknown = null;
        for (const { details } of history) {
          expect(details.from).toBe(at);
          at = details.to;
        }
        expect((await database.stores.models.aliased('contended', 'champion'))?.version).toBe(at);
        expect(await database.stores.audit.verify()).toMatchObject({ holds: true });
      });

      it('lets one of many optimistic writers win', async () => {
        await modelWith('optimistic', 2);
        const tries = await Promise.allSettled(
          Array.from({ length: 16 }, () =>
            database.stores.models.moveAlias('optimistic', 'champion', 1, null),
          ),
        );
        const lost = tries.filter((one) => one.status === 'rejected');
        expect(lost).toHaveLength(15);
        expect(lost.every(({ reason }) => isFailure(reason, 'alias.conflict'))).toBe(true);
      });
    });

    describe('the catalogue', () => {
      const manifest = (parent: string | null, sha256: string) => ({
        parent,
        schema: { columns: [] },
        rows: 1,
        bytes: 1,
        segments: [{ sha256, rows: 1, bytes: 1 }],
        lineage: { source: 'a.csv', sourceSha256: 'a', sourceBytes: 1, format: 'csv' as const },
      });
      const profile = { rows: 1, columns: [] };

      it('numbers versions without gaps under parallel additions', async () => {
        const { datasets } = database.stores;
        await datasets.create('numbered');
        const added = await Promise.all(
          Array.from({ length: 20 }, (_, i) =>
            datasets.addVersion('numbered', {
              manifestId: `m${i}`,
              manifest: manifest(null, `s${i}`),
              profile,
            }),
          ),
        );
        expect(added.map((one) => one.version).sort((a, b) => a - b)).toEqual(
          Array.from({ length: 20 }, (_, i) => i + 1),
        );
        expect((await datasets.version('numbered')).version).toBe(20);
        expect(await datasets.get('numbered')).toMatchObject({ latestVersion: 20 });
        expect(await datasets.segmentHashes()).toContain('s19');
      });

      it('takes the same manifest once', async () => {
        const { datasets } = database.stores;
        await datasets.create('same');
        const one = { manifestId: 'same', manifest: manifest(null, 'x'), profile };
        const first = await datasets.addVersion('same', one);
        expect(await datasets.addVersion('same', one)).toEqual(first);
        expect(await datasets.versions('same')).toHaveLength(1);
        expect(await datasets.version('same', 1)).toEqual(first);
      });

      it('names what is missing', async () => {
        const { datasets, uploads, models, runs, journeys, endpoints } = database.stores;
        await datasets.create('empty');
        await expect(datasets.get('no')).rejects.toMatchObject({ code: 'dataset.missing' });
        await expect(datasets.version('empty')).rejects.toMatchObject({ code: 'dataset.version-missing' });
        await expect(datasets.create('empty')).rejects.toMatchObject({ code: 'dataset.exists' });
        await expect(uploads.get('no')).rejects.toMatchObject({ code: 'upload.missing' });
        await expect(models.addVersion('no', version)).rejects.toMatchObject({ code: 'model.missing' });
        await expect(runs.get('no')).rejects.toMatchObject({ code: 'run.missing' });
        await expect(journeys.end('no', { state: 'done' })).rejects.toMatchObject({
          code: 'journey.missing',
        });
        await expect(endpoints.get('no')).rejects.toMatchObject({ code: 'endpoint.missing' });
      });

      it('forgets uploads by age', async () => {
        const { uploads } = database.stores;
        const upload = await uploads.add({ filename: 'a.csv', sha256: 'f'.repeat(64), bytes: 3 });
        expect(await uploads.forget(60_000)).toBe(0);
        expect(await uploads.get(upload.id)).toEqual(upload);
        expect(await uploads.hashes()).toContain('f'.repeat(64));
        expect(await uploads.forget(-60_000)).toBe(1);
        await expect(uploads.get(upload.id)).rejects.toMatchObject({ code: 'upload.missing' });
      });
    });

    describe('runs and models', () => {
      it('keeps a run with its trials, and only finite metrics', async () => {
        const { runs } = database.stores;
        const parent = await runs.create(run);
        const trials = await runs.createMany(
          Array.from({ length: 1500 }, (_, i) => ({ ...run, name: `trial ${i}`, parentRunId: parent.id })),
        );
        expect(trials).toHaveLength(1500);
        const ended = await runs.finish(parent.id, {
          metrics: { auc: 0.75, broken: Number.NaN },
          curves: [{ name: 'loss', steps: [1, 2], values: [0.5, 0.25] }],
          seconds: 1.5,
        });
        expect(ended).toMatchObject({ state: 'done', metrics: { auc: 0.75 }, seconds: 1.5 });
        expect(ended.metrics).not.toHaveProperty('broken');
        expect(await runs.get(parent.id)).toEqual(ended);
        expect(await runs.list({ parentRunId: parent.id, limit: 2000 })).toHaveLength(1500);
        expect((await runs.list({ parentRunId: null })).map(({ id }) => id)).toContain(parent.id);
      });

      it('remembers why a run failed', async () => {
        const { runs } = database.stores;
        const { id } = await runs.create(run);
        const failure = {
          code: 'target.constant',
          message: 'm',
          hint: 'h',
          details: { target: 't' },
        } as const;
        expect(await runs.fail(id, failure)).toMatchObject({ state: 'failed', failure });
      });

      it('adds model versions and moves aliases among them', async () => {
        await modelWith('churn', 3);
        const { models } = database.stores;
        expect((await models.versions('churn')).map((one) => one.version)).toEqual([3, 2, 1]);
        expect(await models.moveAlias('churn', 'champion', 1)).toEqual({ from: null, to: 1 });
        expect(await models.moveAlias('churn', 'champion', 3, 1)).toEqual({ from: 1, to: 3 });
        expect(await models.aliases('churn')).toMatchObject([{ alias: 'champion', version: 3 }]);
        await expect(models.moveAlias('churn', 'champion', 9)).rejects.toMatchObject({
          code: 'model.version-missing',
        });
        expect(await models.bundleIds()).toContain(version.bundleId);
      });
    });

    describe('endpoints', () => {
      it('makes each revision current in turn and keeps the former ones', async () => {
        const { endpoints } = database.stores;
        await endpoints.create({
          name: 'shop',
          model: 'm',
          target: 't',
          task: 'binary',
          policy: { mode: 'off' },
        });
        expect(await endpoints.current('shop')).toBeUndefined();
        const revision = { modelVersion: 1, bundleId: 'b', reason: 'deploy', by: 'me' } as const;
        await endpoints.addRevision('shop', revision, null);
        await endpoints.addRevision('shop', { ...revision, modelVersion: 2, reason: 'promote' }, 1);
        await expect(endpoints.addRevision('shop', revision, 1)).rejects.toMatchObject({
          code: 'endpoint.conflict',
        });
        expect(await endpoints.current('shop')).toMatchObject({ revision: 2, modelVersion: 2 });
        expect((await endpoints.revisions('shop')).map((one) => one.revision)).toEqual([2, 1]);
        expect(await endpoints.setPolicy('shop', { mode: 'auto' })).toMatchObject({ currentRevision: 2 });
        expect((await endpoints.get('shop')).policy).toEqual({ mode: 'auto' });
      });

      it('keeps tokens and revokes them for good', async () => {
        const { endpoints } = database.stores;
        await endpoints.create({ name: 'tokens', model: 'm', target: 't', task: 'binary' });
        const token = await endpoints.addToken({ endpoint: 'tokens', name: 'app', prefix: 'p', hash: 'h1' });
        await endpoints.touchToken(token.id);
        const revoked = await endpoints.revokeToken(token.id);
        expect(revoked.revokedAt).not.toBeNull();
        expect(revoked.lastUsedAt).not.toBeNull();
        expect(await endpoints.revokeToken(token.id)).toEqual(revoked);
        expect(await endpoints.tokens('tokens')).toEqual([revoked]);
        await expect(endpoints.revokeToken('no')).rejects.toMatchObject({ code: 'token.missing' });
      });
    });

    describe('observations', () => {
      it('takes 20,000 labels at once, the last of each prediction counting', async () => {
        const { labels } = database.stores;
        const ids = Array.from({ length: 20_000 }, (_, i) => `p_${i}`);
        const given = ids.map((predictionId) => ({
          predictionId,
          value: 'No',
          observedAt: '2026-01-01T00:00:00.000Z',
        }));
        const last = {
          predictionId: 'p_7',
          value: 'Yes',
          observedAt: '2026-01-02T00:00:00.000Z',
          source: 'crm',
        };
        expect(await labels.put('e', [...given, last])).toBe(20_000);
        expect(await labels.list('e', { predictionIds: ['p_7'] })).toEqual([{ endpoint: 'e', ...last }]);
        await labels.put('e', [{ ...last, value: 'No' }]);
        expect(await labels.list('e', { since: '2026-01-02T00:00:00.000Z' })).toMatchObject([
          { value: 'No' },
        ]);
        expect(await labels.count('e')).toBe(20_000);
        expect(await labels.list('e', { limit: 3 })).toHaveLength(3);
        expect(await labels.put('e', [])).toBe(0);
      });

      it('opens an alert once, counts it, resolves it and opens it anew', async () => {
        const { alerts } = database.stores;
        const alert = {
          endpoint: 'e',
          key: 'drift:age',
          severity: 'warning',
          message: 'm',
          evidence: { psi: 1 },
        } as const;
        const raised = await Promise.all([alerts.raise(alert), alerts.raise(alert), alerts.raise(alert)]);
        expect(raised.filter(({ opened }) => opened)).toHaveLength(1);
        expect(await alerts.resolve('e', 'drift:age')).toMatchObject({ state: 'resolved', times: 3 });
        expect(await alerts.resolve('e', 'drift:age')).toBeUndefined();
        expect((await alerts.raise(alert)).opened).toBe(true);
        expect(await alerts.list({ endpoint: 'e', state: 'open' })).toHaveLength(1);
        expect(await alerts.list({ endpoint: 'e' })).toHaveLength(2);
      });

      it('keeps reports, newest first', async () => {
        const { reports } = database.stores;
        const window = { windowStart: '2026-01-01T00:00:00.000Z', windowEnd: '2026-01-02T00:00:00.000Z' };
        const first = await reports.add({
          endpoint: 'e',
          kind: 'drift',
          ...window,
          report: { says: 'fine' },
        });
        await reports.add({ endpoint: 'e', kind: 'performance', ...window, report: null });
        expect(await reports.latest('e', 'drift')).toEqual(first);
        expect(await reports.list('e')).toHaveLength(2);
      });

      it('tells each event of the outbox until it is settled', async () => {
        const { outbox } = database.stores;
        const event = await outbox.add({ topic: 'told', subject: 's', payload: { a: [1] } });
        expect(await outbox.pending()).toContainEqual(event);
        await outbox.settle([event.sequence]);
        expect(await outbox.pending()).not.toContainEqual(event);
      });
    });

    describe('journeys', () => {
      it('keeps what happened in each stage, in the order in which they began', async () => {
        const { journeys } = database.stores;
        const { id, changes } = await journeys.create({ name: 'j', kind: 'ship', request: { target: 't' } });
        await journeys.beginStage(id, 'ingest');
        await journeys.reportStage(id, 'ingest', { progress: 0.5 });
        await journeys.endStage(id, 'ingest', 'done', { rows: 7 });
        await journeys.beginStage(id, 'train');
        const ended = await journeys.end(id, { state: 'done', result: { ok: true } });
        expect(ended.stages).toMatchObject([
          { stage: 'ingest', state: 'done', summary: { rows: 7 } },
          { stage: 'train', state: 'running', endedAt: null },
        ]);
        expect(ended.changes).toBe(changes + 5);
        expect(await journeys.end(id, { state: 'failed' })).toEqual(ended);
        expect(await journeys.get(id)).toEqual(ended);
        expect(await journeys.list({ name: 'j', state: 'done' })).toEqual([ended]);
      });

      it('gives documents back as they were given', async () => {
        const { journeys } = database.stores;
        for (const request of ['5', '', 0, false, [], { b: 1, a: 'ü\u0000"' }, ['null'], null]) {
          const { id } = await journeys.create({ name: 'documents', kind: 'ship', request });
          expect((await journeys.get(id)).request).toEqual(request);
        }
      });
    });

    describe('keys', () => {
      it('finds a key by its hash and revokes it for good', async () => {
        const { keys } = database.stores;
        const key = await keys.add({
          name: 'ci',
          grant: { role: 'custom', permissions: ['datasets:read'] },
          prefix: 'slip_abc',
          hash: 'hash of ci',
          expiresAt: '2030-01-01T00:00:00.000Z',
        });
        expect(await keys.byHash('hash of ci')).toEqual(key);
        await keys.touch(key.id);
        expect((await keys.byHash('hash of ci'))?.lastUsedAt).not.toBeNull();
        expect((await keys.revoke(key.id)).revokedAt).not.toBeNull();
        await expect(keys.revoke('no')).rejects.toMatchObject({ code: 'key.missing' });
      });
    });

    describe('values that PostgreSQL cannot hold', () => {
      it('refuses NUL in text as a mistake of the caller', async () => {
        await expect(database.stores.datasets.create('a\0b')).rejects.toMatchObject({
          code: 'request.invalid',
        });
        await expect(
          database.stores.labels.put('e', [{ predictionId: 'p', value: 'a\0b' }]),
        ).rejects.toMatchObject({ code: 'request.invalid' });
      });

      it('still writes such text down in the audit log', async () => {
        const entry = await database.stores.audit.append({ who: 'a\0b', what: 'w', subject: '\ud800' });
        expect(entry.who).toBe('a\ufffdb');
        expect(await database.stores.audit.verify()).toMatchObject({ holds: true });
      });
    });

    describe('the audit log', () => {
      it('stays one line under parallel writers', async () => {
        const { audit } = database.stores;
        await Promise.all(
          Array.from({ length: 100 }, (_, i) =>
            audit.append({ who: `w${i}`, what: 'x', subject: 's', details: { i } }),
          ),
        );
        expect(await audit.verify()).toMatchObject({ holds: true });
      });

      it('refuses to change or remove an entry', async () => {
        await expect(subject.tamper(`update audit_entries set who = 'nobody'`)).rejects.toThrow(
          /append-only/,
        );
        await expect(subject.tamper('delete from audit_entries')).rejects.toThrow(/append-only/);
        await expect(subject.tamper('truncate audit_entries')).rejects.toThrow(/append-only/);
      });

      it('names the first entry that was edited behind its back, and shows a cut end by its anchor', async () => {
        const head = await database.stores.audit.append({ who: 'me', what: 'last', subject: 's' });
        const verify = (anchor?: typeof head) => subject.database.stores.audit.verify(anchor);
        const edit = (statement: string) =>
          subject.tamper(`alter table audit_entries disable trigger all; ${statement};
            alter table audit_entries enable trigger all`);

        await edit(`update audit_entries set who = 'x' || who where sequence = 5`);
        expect(await verify()).toMatchObject({ holds: false, entries: 4, brokenAt: 5 });
        await edit('update audit_entries set who = substr(who, 2) where sequence = 5');
        expect(await verify(head)).toMatchObject({ holds: true, entries: head.sequence });
        await edit(`delete from audit_entries where sequence = ${head.sequence}`);
        expect(await verify()).toMatchObject({ holds: true });
        expect(await verify(head)).toMatchObject({ holds: false, brokenAt: head.sequence });
        await edit('delete from audit_entries where sequence = 3');
        expect(await verify()).toMatchObject({ holds: false, brokenAt: 4 });
      });
    });

    it('refuses a database that a newer Slipway has written', async () => {
      const newer = subject.tamper(
        `insert into slipway_migrations (number, hash) values (999, 'from the future')`,
      );
      await expect(newer).rejects.toMatchObject({ code: 'storage.newer' });
    });
  });
}
