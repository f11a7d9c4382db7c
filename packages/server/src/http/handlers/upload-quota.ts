import { fail } from '@slipway/contract';
import type { UploadStore } from '../../metadata/index.ts';
import type { Caller } from '../handler-types.ts';

/** Room for one upload that arrives. */
export type UploadRoom = {
  /** Counts bytes as they come. Throws `upload.quota-spent` when there are more than there is room for. */
  take(bytes: number): void;
  /** Called once, when the upload is over: with its bytes where it was kept, else with 0. */
  release(keptBytes: number): void;
};

export type UploadQuota = {
  /**
   * Sets bytes apart for an upload, before any of it is read: those that it announces, or none where it does not say.
   * Throws `upload.quota-spent`.
   */
  admit(caller: Caller, announcedBytes: number | undefined): Promise<UploadRoom>;
};

/** What a key has while uploads of it arrive, bytes. */
type Held = { kept: number; arriving: number; uploads: number; finished: number };

const WITHOUT_LIMIT: UploadRoom = { take: () => {}, release: () => {} };

/** A key that may make keys has no limit: it could make itself another one. */
export function hasUploadLimit(permissions: Caller['permissions']): boolean {
  return !permissions.has('keys:write');
}

/**
 * Bytes of uploads that each key may have, those that are kept and those that arrive.
 */
export function uploadQuota(uploads: Pick<UploadStore, 'bytesOf'>, limitBytes: number): UploadQuota {
  const held = new Map<string, Held>();

  /** Of the database, asked again where an upload of the key was kept meanwhile. */
  async function keptBytes(id: string, own: Held): Promise<number> {
    for (;;) {
      const { finished } = own;
      const bytes = await uploads.bytesOf(id);
      if (finished === own.finished) return bytes;
    }
  }

  function open(id: string): { own: Held; close: () => void } {
    const own = held.get(id) ?? { kept: 0, arriving: 0, uploads: 0, finished: 0 };
    held.set(id, own);
    own.uploads++;
    const close = () => {
      own.uploads--;
      if (own.uploads === 0) held.delete(id);
    };
    return { own, close };
  }

  return {
    async admit({ id, permissions }, announcedBytes = 0) {
      if (!hasUploadLimit(permissions)) return WITHOUT_LIMIT;
      const { own, close } = open(id);
      let reserved = announcedBytes;
      own.arriving += reserved; // before the database is asked, so that uploads that begin together see each other
      const release = (bytes: number) => {
        own.arriving -= reserved;
        own.kept += bytes;
        own.finished++;
        close();
      };
      const refuseBeyond = () => {
        const usedBytes = own.kept + own.arriving - reserved;
        if (usedBytes + reserved > limitBytes || usedBytes >= limitBytes)
          throw fail('upload.quota-spent', { limitBytes, usedBytes });
      };
      try {
        own.kept = await keptBytes(id, own);
        refuseBeyond();
      } catch (error) {
        release(0);
        throw error;
      }
      let received = 0;
      return {
        take(bytes) {
          received += bytes;
          if (received <= reserved) return;
          own.arriving += received - reserved;
          reserved = received;
          refuseBeyond();
        },
        release,
      };
    },
  };
}
