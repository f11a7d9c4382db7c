import { describe, expect, it } from 'vitest';
import type { DatabaseUnderTest } from './database-under-test.ts';

/** The promises of `LabelStore`, `LabelledRowStore`, `ReportStore`, `AlertStore` and `Outbox`. */
export function describeObservations(subject: () => DatabaseUnderTest): void {
  describe('observations', () => {
    it('takes 20,000 labels at once, the last of each prediction counting', async () => {
      const { labels } = subject().database.stores;
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
      expect(await labels.put('e', [...given, last])).toEqual({ labelled: 20_000, replaced: 0 });
      const arrivedAt = expect.stringMatching(/^20.*Z$/);
      expect(await labels.list('e', { predictionIds: ['p_7'] })).toEqual([
        { endpoint: 'e', arrivedAt, ...last },
      ]);
      expect(await labels.put('e', [{ ...last, value: 'No' }])).toEqual({ labelled: 1, replaced: 1 });
      expect(await labels.list('e', { since: '2026-01-02T00:00:00.000Z' })).toMatchObject([{ value: 'No' }]);
      expect(await labels.count('e')).toBe(20_000);
      expect(await labels.list('e', { limit: 3 })).toHaveLength(3);
      expect(await labels.put('e', [])).toEqual({ labelled: 0, replaced: 0 });
      const seen: string[] = [];
      for await (const page of labels.pages('e')) seen.push(...page.map(({ predictionId }) => predictionId));
      expect(seen).toHaveLength(20_000);
      expect(new Set(seen).size).toBe(20_000);
    });

    it('keeps when a value came in, whatever time its caller gave it', async () => {
      const { labels } = subject().database.stores;
      const begun = new Date().toISOString();
      const old = { predictionId: 'p', value: 'No', observedAt: '2001-01-01T00:00:00.000Z' };
      await labels.put('arrived', [old]);
      const [first] = await labels.list('arrived');
      expect(first).toMatchObject({ observedAt: old.observedAt });
      expect(first!.arrivedAt >= begun).toBe(true);
      expect(await labels.list('arrived', { arrivedSince: first!.arrivedAt })).toEqual([first]);
      expect(await labels.list('arrived', { arrivedSince: '2999-01-01T00:00:00.000Z' })).toEqual([]);
      expect(await labels.put('arrived', [{ ...old, observedAt: begun }])).toEqual({
        labelled: 1,
        replaced: 0,
      });
      expect(await labels.list('arrived')).toEqual([first]);
    });

    it('tells the labels that a dataset has not taken in, and the rows whose label changed', async () => {
      const { labels, labelledRows } = subject().database.stores;
      const endpoint = 'pending';
      const ids = Array.from({ length: 6000 }, (_, i) => `p_${String(i).padStart(5, '0')}`);
      const put = (value: string, some: readonly string[]) =>
        labels.put(
          endpoint,
          some.map((predictionId) => ({ predictionId, value })),
        );
      const pending = async (line: number[], since: string | null = null, dataset = 'd') => {
        const found = [];
        for await (const part of labelledRows.pending({ dataset, endpoint, line, since }))
          found.push(...part.map(({ predictionId, value, row }) => [predictionId, value, row]));
        return found;
      };
      const place = (version: number) => ({ dataset: 'd', endpoint, version });
      await put('No', ids);
      expect(await pending([1])).toHaveLength(6000);
      expect(await pending([1], '2999-01-01T00:00:00.000Z')).toEqual([]);
      const taken = ids.map((predictionId, i) => ({ predictionId, row: 100 + i, value: 'No' }));
      await labelledRows.record(place(2), taken);
      await labelledRows.record(place(2), taken);
      expect(await pending([1, 2])).toEqual([]);
      expect(await pending([1, 2], null, 'other')).toHaveLength(6000);
      // Rolled back: as they were they stay out, whatever the line is.
      expect(await pending([1, 3])).toEqual([]);
      await put('Yes', [ids[7]!]);
      expect(await pending([1, 2])).toEqual([[ids[7], 'Yes', 107]]);
      expect(await pending([1, 3])).toEqual([[ids[7], 'Yes', null]]);
      await labelledRows.record(place(4), [{ predictionId: ids[7]!, row: 107, value: 'Yes' }]);
      expect(await pending([1, 2, 4])).toEqual([]);
      await put('No', [ids[7]!]);
      expect(await pending([1, 2, 4])).toEqual([[ids[7], 'No', 107]]);
    });

    it('keeps the moment of a label that is told again, and takes that of one that changed', async () => {
      const { labels } = subject().database.stores;
      const known = { predictionId: 'p', value: 'No', observedAt: '2026-01-01T00:00:00.000Z' };
      const later = '2026-01-02T00:00:00.000Z';
      await labels.put('again', [known]);
      await labels.put('again', [{ predictionId: 'p', value: 'No' }]);
      await labels.put('again', [{ ...known, observedAt: later }]);
      expect(await labels.list('again')).toMatchObject([known]);
      await labels.put('again', [{ ...known, value: 'Yes', observedAt: later }]);
      expect(await labels.list('again')).toMatchObject([{ value: 'Yes', observedAt: later }]);
    });

    it('opens an alert once, counts it, resolves it and opens it anew', async () => {
      const { alerts } = subject().database.stores;
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

    it('keeps the alerts of versions apart, and why each was closed', async () => {
      const { alerts } = subject().database.stores;
      const alert = {
        endpoint: 'apart',
        key: 'drift:age',
        severity: 'warning',
        message: 'm',
        evidence: null,
      } as const;
      await alerts.raise(alert);
      await alerts.raise({ ...alert, version: 1 });
      expect((await alerts.raise({ ...alert, version: 2 })).opened).toBe(true);
      expect(await alerts.raise({ ...alert, version: 2 })).toMatchObject({
        opened: false,
        alert: { version: 2, times: 2, resolution: null },
      });
      const reason = 'Version 1 was replaced by version 2.';
      expect(await alerts.resolve('apart', 'drift:age', { version: 1, reason })).toMatchObject({
        version: 1,
        state: 'resolved',
        resolution: reason,
      });
      expect(await alerts.resolve('apart', 'drift:age', { version: 3 })).toBeUndefined();
      const open = await alerts.list({ endpoint: 'apart', state: 'open' });
      expect(new Set(open.map(({ version }) => version))).toEqual(new Set([null, 2]));
      expect(await alerts.resolve('apart', 'drift:age')).toMatchObject({ version: null, resolution: null });
    });

    it('keeps the last monitoring run of an endpoint, and forgets it', async () => {
      const { monitoringRuns } = subject().database.stores;
      const run = {
        endpoint: 'e',
        jobId: 'job_1',
        startedAt: '2026-01-01T00:00:00.000Z',
        endedAt: null,
        outcome: 'running',
        failures: 0,
      } as const;
      expect(await monitoringRuns.find('e')).toBeUndefined();
      await monitoringRuns.put(run);
      expect(await monitoringRuns.find('e')).toEqual(run);
      const failed = {
        ...run,
        endedAt: '2026-01-01T00:01:00.000Z',
        outcome: 'failed',
        failures: 3,
      } as const;
      await monitoringRuns.put({ ...failed, jobId: null });
      expect(await monitoringRuns.find('e')).toEqual({ ...failed, jobId: null });
      await monitoringRuns.remove('e');
      await monitoringRuns.remove('e');
      expect(await monitoringRuns.find('e')).toBeUndefined();
    });

    it('finds the reports of a deployment whose windows ended by a moment', async () => {
      const { reports } = subject().database.stores;
      const day = (start: number, end: number) => ({
        endpoint: 'windows',
        kind: 'window',
        windowStart: `2026-01-0${start}T00:00:00.000Z`,
        windowEnd: `2026-01-0${end}T00:00:00.000Z`,
      });
      await reports.add({ ...day(1, 2), deployment: 'a', report: 1 });
      await reports.add({ ...day(2, 3), deployment: 'b', report: 2 });
      await reports.add({ ...day(2, 4), deployment: 'a', report: 3 });
      await reports.add({ ...day(4, 5), report: 4 });
      const found = async (filter: Parameters<typeof reports.list>[1]) =>
        (await reports.list('windows', filter)).map(({ report }) => report);
      expect(await found({ kind: 'window' })).toEqual([4, 3, 2, 1]);
      expect(await found({ deployment: 'a' })).toEqual([3, 1]);
      expect(await found({ deployment: 'a', windowEndedBy: '2026-01-03T00:00:00.000Z' })).toEqual([1]);
      expect(await found({ windowEndedBy: '2026-01-04T00:00:00.000Z', limit: 1 })).toEqual([3]);
    });

    it('keeps reports, newest first', async () => {
      const { reports } = subject().database.stores;
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

    it('tells events in order to whoever says where it stopped, and forgets them by age', async () => {
      const { outbox } = subject().database.stores;
      const first = await outbox.add({ topic: 'told', subject: 's', payload: { a: [1] } });
      const second = await outbox.add({ topic: 'told', subject: 't', payload: null });
      expect(await outbox.list({ after: first.sequence - 1 })).toEqual([first, second]);
      expect(await outbox.list({ after: first.sequence - 1, limit: 1 })).toEqual([first]);
      expect(await outbox.list({ after: second.sequence })).toEqual([]);
      await outbox.forget(60_000);
      expect(await outbox.list({ after: first.sequence })).toEqual([second]);
      expect(await outbox.forget(-60_000)).toBeGreaterThan(1);
      expect(await outbox.list()).toEqual([]);
    });

    it('shows no event before one with a lower sequence, whichever transaction ends first', async () => {
      const { database } = subject();
      const seen: number[] = [];
      const writers = Array.from({ length: 8 }, (_, i) =>
        database.transaction(async ({ outbox, datasets }) => {
          await outbox.add({ topic: 'raced', subject: String(i), payload: null });
          for (let pause = 0; pause < (8 - i) * 3; pause++) await datasets.list();
        }),
      );
      let done = false;
      const end = Promise.all(writers).finally(() => {
        done = true;
      });
      while (!done || seen.length < 8) {
        const next = await database.stores.outbox.list({ after: seen.at(-1) ?? 0 });
        seen.push(...next.map(({ sequence }) => sequence));
      }
      await end;
      const all = (await database.stores.outbox.list()).map(({ sequence }) => sequence);
      expect(seen).toEqual(all);
    });
  });
}
