import { AsyncLocalStorage } from 'node:async_hooks';

/** On whose behalf something is done: the key and the request, until that is answered. */
type Acting = { principal: string; requestId: string; ended: boolean };

const storage = new AsyncLocalStorage<Acting>();

/** Runs `work` on behalf of a key, so that what it appends to the audit log names the key. */
export async function actAs<T>(
  by: { principal: string; requestId: string },
  work: () => Promise<T>,
): Promise<T> {
  const acting = { ...by, ended: false };
  try {
    return await storage.run(acting, work);
  } finally {
    acting.ended = true;
  }
}

/** Runs `work` on behalf of nobody: what it begins outlives the request, and serves all. */
export function actAsNobody<T>(work: () => T): T {
  return storage.exit(work);
}

/** The key on whose behalf this runs, and its request; undefined where Slipway itself acts. */
export function actingNow(): { principal: string; requestId: string } | undefined {
  const acting = storage.getStore();
  return acting === undefined || acting.ended ? undefined : acting;
}
