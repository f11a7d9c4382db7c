import { describe, expect, it } from 'vitest';
import type { DatabaseUnderTest } from './database-under-test.ts';
import { version } from './samples.ts';

/** The promises of `DatasetStore` and `UploadStore`. */
export function describeCatalogue(subject: () => DatabaseUnderTest): void {
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
      const { datasets } = subject().database.stores;
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
      const { datasets } = subject().database.stores;
      await datasets.create('same');
      const one = { manifestId: 'same', manifest: manifest(null, 'x'), profile };
      const first = await datasets.addVersion('same', one);
      expect(await datasets.addVersion('same', one)).toEqual(first);
      expect(await datasets.versions('same')).toHaveLength(1);
      expect(await datasets.version('same', 1)).toEqual(first);
    });

    it('names what is missing', async () => {
      const { datasets, uploads, models, runs, pipelineRuns, endpoints } = subject().database.stores;
      await datasets.create('empty');
      await expect(datasets.get('no')).rejects.toMatchObject({ code: 'dataset.missing' });
      await expect(datasets.version('empty')).rejects.toMatchObject({ code: 'dataset.version-missing' });
      await expect(datasets.create('empty')).rejects.toMatchObject({ code: 'dataset.exists' });
      await expect(uploads.get('no')).rejects.toMatchObject({ code: 'upload.missing' });
      await expect(models.addVersion('no', version)).rejects.toMatchObject({ code: 'model.missing' });
      await expect(runs.get('no')).rejects.toMatchObject({ code: 'run.missing' });
      await expect(pipelineRuns.end('no', { state: 'done' })).rejects.toMatchObject({
        code: 'pipeline-run.missing',
      });
      await expect(endpoints.get('no')).rejects.toMatchObject({ code: 'endpoint.missing' });
    });

    it('forgets uploads by age', async () => {
      const { uploads } = subject().database.stores;
      const upload = await uploads.add({
        filename: 'a.csv',
        sha256: 'f'.repeat(64),
        bytes: 3,
        owner: 'key_1',
      });
      await uploads.add({ filename: 'same.csv', sha256: 'f'.repeat(64), bytes: 3, owner: 'key_1' });
      await uploads.add({ filename: 'b.csv', sha256: 'e'.repeat(64), bytes: 4, owner: 'key_1' });
      await uploads.add({ filename: 'c.csv', sha256: 'd'.repeat(64), bytes: 5, owner: 'key_2' });
      expect(await uploads.bytesOf('key_1')).toBe(7);
      expect(await uploads.count({})).toBe(4);
      expect(await uploads.count({ owner: 'key_1' })).toBe(3);
      const names = (await uploads.list({ owner: 'key_1', limit: 2 })).map(({ filename }) => filename);
      expect(names).toEqual(['b.csv', 'same.csv']);
      expect(await uploads.list({ limit: 10 })).toHaveLength(4);
      const removed = await uploads.add({
        filename: 'd.csv',
        sha256: 'c'.repeat(64),
        bytes: 9,
        owner: 'key_1',
      });
      expect([await uploads.hasBytes('c'.repeat(64)), await uploads.bytesOf('key_1')]).toEqual([true, 16]);
      expect(await uploads.remove(removed.id)).toEqual(removed);
      expect([await uploads.hasBytes('c'.repeat(64)), await uploads.bytesOf('key_1')]).toEqual([false, 7]);
      await expect(uploads.remove(removed.id)).rejects.toMatchObject({ code: 'upload.missing' });
      expect(await uploads.forget(60_000)).toBe(0);
      expect(await uploads.get(upload.id)).toEqual(upload);
      expect(await uploads.hashes()).toContain('f'.repeat(64));
      expect(await uploads.forget(-60_000)).toBe(4);
      expect(await uploads.bytesOf('key_1')).toBe(0);
      await expect(uploads.get(upload.id)).rejects.toMatchObject({ code: 'upload.missing' });
    });
  });
}
