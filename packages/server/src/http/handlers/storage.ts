import type { CallContext, Handlers } from '../handler-types.ts';
import type { App } from './app.ts';

type StorageHandlers = Pick<
  Handlers,
  'storage.clean' | 'storage.trash' | 'storage.restore' | 'storage.empty-trash'
>;

/** Removal of what nobody needs, and its trash. Each change is in the audit log. */
export function storageHandlers({ cleanUp, database }: App): StorageHandlers {
  const audited = async <T extends Record<string, number>>(
    what: string,
    { caller, requestId }: CallContext,
    details: T,
  ): Promise<T> => {
    const entry = { who: caller!.name, what, subject: 'data folder', requestId, details };
    await database.stores.audit.append(entry);
    return details;
  };
  return {
    'storage.clean': async ({ body }, context) =>
      audited(body.force ? 'storage.clean.force' : 'storage.clean', context, await cleanUp.run(body)),
    'storage.trash': async () => cleanUp.trash(),
    'storage.restore': async ({ body }, context) =>
      audited('storage.restore', context, await cleanUp.restore(body.day)),
    'storage.empty-trash': async (_, context) =>
      audited('storage.empty-trash', context, await cleanUp.emptyTrash()),
  };
}
