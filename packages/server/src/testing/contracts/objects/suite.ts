import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../metadata/index.ts';

/** What a driver gives its suite: an empty store, a scratch folder and a way to do it harm. */
export type ObjectsUnderTest = {
  objects: ObjectStore;
  scratch: string;
  /** Changes one byte of the stored object. */
  corrupt(sha256: string): Promise<void>;
  dispose(): Promise<void>;
};

/** The promises of `ObjectStore`. */
export function describeObjects(name: string, open: () => Promise<ObjectsUnderTest>): void {
  describe(`the objects on ${name}`, () => {
    let subject: ObjectsUnderTest;
    let objects: ObjectStore;

    beforeAll(async () => {
      subject = await open();
      objects = subject.objects;
    });
    afterAll(() => subject?.dispose());

    const bytesOf = (text: string) => new TextEncoder().encode(text);
    const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

    it('names bytes by their hash and gives them back', async () => {
      expect(await objects.put(bytesOf('hello'))).toEqual({ sha256: hashOf('hello'), bytes: 5 });
      expect(Buffer.from(await objects.get(hashOf('hello'))).toString()).toBe('hello');
      expect(await objects.has(hashOf('hello'))).toBe(true);
      expect(await objects.put(bytesOf(''))).toEqual({ sha256: hashOf(''), bytes: 0 });
      expect(await objects.get(hashOf(''))).toHaveLength(0);
    });

    it('takes a stream, and stores the same bytes once under parallel writers', async () => {
      async function* parts() {
        for (let i = 0; i < 50; i++) yield bytesOf(`part ${i};`);
      }
      const stored = await Promise.all(Array.from({ length: 20 }, () => objects.put(parts())));
      expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(1);
      expect(await objects.get(stored[0]!.sha256)).toHaveLength(stored[0]!.bytes);
    });

    it('gives bytes piece by piece, and none of those that are missing or changed', async () => {
      const text = 'a long story; '.repeat(100_000);
      const { sha256 } = await objects.put(bytesOf(text));
      const pieces: Uint8Array[] = [];
      for await (const piece of objects.read(sha256)) pieces.push(piece);
      expect(pieces.length).toBeGreaterThan(1);
      expect(Buffer.concat(pieces).toString()).toBe(text);
      await subject.corrupt(sha256);
      const all = async (name: string) => {
        for await (const piece of objects.read(name)) pieces.push(piece);
      };
      const before = pieces.length;
      await expect(all(sha256)).rejects.toMatchObject({ code: 'object.corrupt' });
      await expect(all(hashOf('never stored'))).rejects.toMatchObject({ code: 'object.missing' });
      expect(pieces).toHaveLength(before);
    });

    it('takes a file over', async () => {
      const path = join(subject.scratch, 'upload');
      await writeFile(path, 'a file');
      expect(await objects.putFile(path)).toEqual({ sha256: hashOf('a file'), bytes: 6 });
      expect(Buffer.from(await objects.get(hashOf('a file'))).toString()).toBe('a file');
    });

    it('keeps nothing of a stream that broke', async () => {
      async function* broken() {
        yield bytesOf('half');
        throw new Error('the line went dead');
      }
      await expect(objects.put(broken())).rejects.toThrow('the line went dead');
      expect(await objects.has(hashOf('half'))).toBe(false);
    });

    it('names what is missing, whatever the name', async () => {
      for (const sha256 of [hashOf('never stored'), '../../etc/passwd', '', 'A'.repeat(64)]) {
        await expect(objects.get(sha256)).rejects.toMatchObject({ code: 'object.missing' });
        await expect(objects.localPath(sha256)).rejects.toMatchObject({ code: 'object.missing' });
        expect(await objects.has(sha256)).toBe(false);
      }
    });

    it('never gives out bytes that changed, and heals when they are stored again', async () => {
      const { sha256 } = await objects.put(bytesOf('precious'));
      await objects.localPath(sha256);
      await subject.corrupt(sha256);
      await expect(objects.get(sha256)).rejects.toMatchObject({ code: 'object.corrupt' });
      await expect(objects.localPath(sha256)).rejects.toMatchObject({ code: 'object.corrupt' });
      await objects.put(bytesOf('precious'));
      expect(Buffer.from(await objects.get(sha256)).toString()).toBe('precious');
    });

    it('collects what nobody keeps once it is old, and nothing else', async () => {
      const kept = await objects.put(bytesOf('kept'));
      const orphan = await objects.put(bytesOf('orphan'));
      const keep = new Set([kept.sha256]);
      await objects.collect(keep, 60_000);
      expect(await objects.has(orphan.sha256)).toBe(true);
      expect(await objects.collect(keep, -60_000)).toBeGreaterThan(0);
      expect(await objects.has(orphan.sha256)).toBe(false);
      expect(await objects.has(kept.sha256)).toBe(true);
    });

    it('erases bytes at once, but not those that were stored anew since', async () => {
      const { sha256 } = await objects.put(bytesOf('private'));
      expect(await objects.erase(sha256, Date.now() - 60_000)).toBe(false);
      expect(await objects.has(sha256)).toBe(true);
      expect(await objects.erase(sha256, Date.now() + 60_000)).toBe(true);
      await expect(objects.get(sha256)).rejects.toMatchObject({ code: 'object.missing' });
      expect(await objects.erase(sha256, Date.now() + 60_000)).toBe(false);
    });
  });
}
