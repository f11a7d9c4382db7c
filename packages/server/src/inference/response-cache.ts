import type { Prediction } from '../stages/serve/index.ts';
import type { Asked } from './asked.ts';

/** An answer that may be given again: all but the ids. */
export type KnownAnswer = {
  /** Without its rows. */
  asked: Asked;
  predictions: Prediction[];
  answerTexts: string[];
  rowTexts: string[];
};

/** Answers by what was asked; the ones unused for longest go first when there is no more room. */
export type ResponseCache = {
  get(key: string): KnownAnswer | undefined;
  set(key: string, known: KnownAnswer): void;
  clear(): void;
  state(): { entries: number; bytes: number };
};

/** Objects and keys around the text, roughly. */
const ENTRY_BYTES = 1024;
const ROW_BYTES = 256;
/** What one answer may have of all there is: a large one shall not cost all others. */
const MOST_OF_ALL = 1 / 8;

export function responseCache(limitBytes: number): ResponseCache {
  const entries = new Map<string, { known: KnownAnswer; bytes: number }>();
  let bytes = 0;

  function forget(key: string): void {
    bytes -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // A Map keeps the order of insertion: what is used moves to the end.
      entries.delete(key);
      entries.set(key, entry);
      return entry.known;
    },
    set(key, known) {
      const size = sizeOf(known);
      if (size > limitBytes * MOST_OF_ALL) return;
      forget(key);
      entries.set(key, { known, bytes: size });
      bytes += size;
      for (const oldest of entries.keys()) {
        if (bytes <= limitBytes) break;
        forget(oldest);
      }
    },
    clear() {
      entries.clear();
      bytes = 0;
    },
    state: () => ({ entries: entries.size, bytes }),
  };
}

function sizeOf({ answerTexts, rowTexts }: KnownAnswer): number {
  const letters = [...answerTexts, ...rowTexts].reduce((sum, text) => sum + text.length, 0);
  return ENTRY_BYTES + ROW_BYTES * rowTexts.length + 2 * letters;
}
