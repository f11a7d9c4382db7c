import type { Permission } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { uploadQuota } from './upload-quota.ts';

const LIMIT = 1000;
const caller = (id: string, ...permissions: Permission[]) => ({
  ...{ id, name: id },
  permissions: new Set<Permission>(permissions),
});

function quota(kept: Record<string, number> = {}) {
  const stored = new Map(Object.entries(kept));
  return {
    stored,
    quota: uploadQuota({ bytesOf: async (owner) => stored.get(owner) ?? 0 }, LIMIT),
  };
}

const spent = (usedBytes: number) =>
  expect.objectContaining({ code: 'upload.quota-spent', details: { limitBytes: LIMIT, usedBytes } });

describe('the bytes that a key may have uploaded', () => {
  it('are refused before the body when it announces more than there is room for', async () => {
    const { quota: held } = quota({ ann: 600 });
    await expect(held.admit(caller('ann'), 401)).rejects.toEqual(spent(600));
    const room = await held.admit(caller('ann'), 400);
    room.take(400);
  });

  it('are counted as they come where the body announces none', async () => {
    const { quota: held } = quota({ ann: 600 });
    const room = await held.admit(caller('ann'), undefined);
    room.take(400);
    expect(() => room.take(1)).toThrow(spent(600));
  });

  it('count uploads that arrive at the same time, and no longer when one fails', async () => {
    const { quota: held } = quota();
    const [first, second] = [held.admit(caller('ann'), 700), held.admit(caller('ann'), 700)];
    const settled = await Promise.allSettled([first, second]);
    expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [room] = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    room!.release(0);
    await held.admit(caller('ann'), 1000);
  });

  it('count what was kept while another arrived', async () => {
    const { quota: held, stored } = quota();
    const first = await held.admit(caller('ann'), undefined);
    const second = await held.admit(caller('ann'), undefined);
    first.take(700);
    stored.set('ann', 700);
    first.release(700);
    expect(() => second.take(400)).toThrow(spent(700));
  });

  it('are free again when uploads are removed, and are of each key alone', async () => {
    const { quota: held, stored } = quota({ ann: LIMIT });
    await expect(held.admit(caller('ann'), undefined)).rejects.toEqual(spent(LIMIT));
    await held.admit(caller('bob'), LIMIT);
    stored.set('ann', 0);
    await held.admit(caller('ann'), LIMIT);
  });

  it('have no limit for a key that could make itself another', async () => {
    const { quota: held } = quota({ root: LIMIT });
    const room = await held.admit(caller('root', 'keys:write'), 10 * LIMIT);
    room.take(10 * LIMIT);
  });
});
