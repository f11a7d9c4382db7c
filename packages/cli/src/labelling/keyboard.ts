import { emitKeypressEvents } from 'node:readline';
import type { Key } from './read-key.ts';

/** The keys that are pressed at this terminal, one by one; it is as it was when the reading ends. */
export async function* keyboard(): AsyncGenerator<Key> {
  const { stdin } = process;
  const pressed: Key[] = [];
  let wake = () => {};
  const onKey = (_: unknown, key: Key) => {
    pressed.push(key);
    wake();
  };
  let ended = false;
  const onEnd = () => {
    ended = true;
    wake();
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', onKey).once('end', onEnd).resume();
  try {
    for (;;) {
      const key = pressed.shift();
      if (key !== undefined) yield key;
      else if (ended) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    stdin.off('keypress', onKey).off('end', onEnd);
    stdin.setRawMode(false);
    stdin.pause();
  }
}
