import { isFailure } from '@slipway/contract';
import type { BundleStore } from '../stages/pack/index.ts';

/** The store, which tells of each bundle that could not be opened because its files are not those that were signed. */
export function loggedBundles(
  store: BundleStore,
  onInvalid: (id: string, failure: Error) => void,
): BundleStore {
  return {
    ...store,
    open: (id) =>
      store.open(id).catch((error: unknown) => {
        if (isFailure(error, 'bundle.invalid')) onInvalid(id, error);
        throw error;
      }),
  };
}
