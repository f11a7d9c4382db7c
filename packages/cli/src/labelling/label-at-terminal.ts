import { isFailure, type LabelProgress, type LabelQueue, type LabelTask } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { type Key, readKey } from './read-key.ts';
import { showTask } from './show-task.ts';

export type Terminal = { keys: AsyncIterable<Key>; write(text: string): void };

export type Session = { answered: number; skipped: number; progress: LabelProgress };

/**
 * A person at the keyboard: shows row after row until none is left or they quit. Each answer is sent as its key is
 * pressed, so nothing is lost when the terminal goes. Throws what the server answers, but for a lease that ran out:
 * then the next row is shown.
 */
export async function labelAtTerminal(
  client: Client,
  queue: LabelQueue,
  { keys, write }: Terminal,
): Promise<Session> {
  const params = { queue: queue.name };
  const done: Session = { answered: 0, skipped: 0, progress: queue.progress };
  let task: LabelTask | null = null;
  let typed = '';
  const show = (found: { task: LabelTask | null; progress: LabelProgress }) => {
    task = found.task;
    done.progress = found.progress;
    typed = '';
    write(task === null ? '\nNo more rows to label.\n' : showTask(queue, task, found.progress));
  };
  const next = async () => show(await client.call['labelling.next']({ params }));
  await next();
  if (task === null) return done;
  for await (const key of keys) {
    const { id }: LabelTask = task;
    const pressed = readKey(key, typed, queue.choices);
    if (pressed.does === 'quit') break;
    if (pressed.does === 'type') {
      typed = pressed.typed;
      write(`\r\u001b[K  ${typed}`);
    } else if (pressed.does === 'take back') {
      const found = await client.call['labelling.takeBack']({ params });
      if (found.task === null) write('  There is nothing to undo.\n');
      else show(found);
    } else if (pressed.does !== 'nothing') {
      const isTaken = await sent(write, () =>
        pressed.does === 'skip'
          ? client.call['labelling.skip']({ params: { ...params, task: id }, body: {} })
          : client.call['labelling.submit']({
              params: { ...params, task: id },
              body: { value: pressed.value },
            }),
      );
      if (isTaken) done[pressed.does === 'skip' ? 'skipped' : 'answered']++;
      write(`  ${pressed.does === 'skip' ? 'skipped' : pressed.value}\n`);
      await next();
      if (task === null) break;
    }
  }
  return done;
}

async function sent(write: Terminal['write'], send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    if (!isFailure(error, 'label.lease-lost')) throw error;
    write('\n  The lease on this row ended; it is back in the queue.');
    return false;
  }
}
