import { fail } from '@slipway/contract';
import type { CleanUp } from '../http/index.ts';
import type { Trash } from '../metadata/index.ts';
import { implausibleRemoval } from './implausible-removal.ts';
import type { Log } from './log.ts';
import { type Ages, type Removed, removeUnused, type UnusedPorts } from './remove-unused.ts';

export type CleanUpPorts = UnusedPorts & {
  trash: { objects: Trash; bundles: Trash };
  ages: Ages;
  trashKeptDays: number;
  log: Pick<Log, 'warn'>;
};

/** Removal of what nobody needs, one pass at a time. */
export function cleanUp(ports: CleanUpPorts): CleanUp & { inspect(): Promise<void> } {
  const { trash, ages, trashKeptDays, log } = ports;
  let refusal: string | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const refuse = async (): Promise<string | null> => {
    const reason = (await implausibleRemoval(ports, ages.orphans)) ?? null;
    if (reason !== null && reason !== refusal)
      log.warn(
        `nothing is removed: ${reason}; the database may not be the one of this data folder ` +
          '(`slipway storage clean --force` removes them to the trash)',
      );
    refusal = reason;
    return reason;
  };
  const pass = async (force: boolean): Promise<Removed> => {
    const reason = await refuse();
    if (reason !== null && !force) throw fail('storage.implausible-removal', { reason });
    const removed = await removeUnused(ports, ages);
    refusal = null;
    await trash.objects.empty(trashKeptDays);
    await trash.bundles.empty(trashKeptDays);
    return removed;
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    refusal: () => refusal,
    inspect: () => inTurn(async () => void (await refuse())),
    run: ({ force }) => inTurn(() => pass(force)),
    trash: async () => {
      const days = new Map<string, { objects: number; bundles: number; bytes: number }>();
      for (const kind of ['objects', 'bundles'] as const)
        for (const { day, entries, bytes } of await trash[kind].list()) {
          const sum = days.get(day) ?? { objects: 0, bundles: 0, bytes: 0 };
          days.set(day, { ...sum, [kind]: entries, bytes: sum.bytes + bytes });
        }
      const sorted = [...days].sort(([one], [other]) => one.localeCompare(other));
      return { keptDays: trashKeptDays, days: sorted.map(([day, sum]) => ({ day, ...sum })) };
    },
    restore: (day) =>
      inTurn(async () => ({
        objects: await trash.objects.restore(day),
        bundles: await trash.bundles.restore(day),
      })),
    emptyTrash: () =>
      inTurn(async () => ({ objects: await trash.objects.empty(0), bundles: await trash.bundles.empty(0) })),
  };
}
