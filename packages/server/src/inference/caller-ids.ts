import { createHash } from 'node:crypto';
import { fail } from '@slipway/contract';
import type { Predicted } from './predicted.ts';
import { PREDICTION_ID_HEADER } from './request-headers.ts';

/** What is harmless in logs, paths and files. */
const ID = /^[\w.:-]{1,128}$/;

export function isCallerId(id: string): boolean {
  return ID.test(id);
}

/** The id of each row: of one row the caller's own, of several followed by a point and the place of the row. */
export function idsOfRows(id: string, rows: number): string[] {
  return rows === 1 ? [id] : Array.from({ length: rows }, (_, row) => `${id}.${row}`);
}

/** Throws `request.invalid` where a header names predictions otherwise than by 1 to 128 letters, digits, `_`, `.`, `:` and `-`. */
export function callerIdOf(header: string | undefined): string | undefined {
  if (header === undefined || isCallerId(header)) return header;
  const reason = 'it is not of 1 to 128 letters, digits, "_", ".", ":" and "-"';
  throw fail('request.invalid', { reason }, { path: PREDICTION_ID_HEADER });
}

/** A request whose predictions the caller named. */
type Entry = {
  hash: string;
  /** The id of the request and those of its rows, each with the endpoint. */
  keys: readonly string[];
  rows: number;
  predicted: Predicted | undefined;
  /** Answered by a version that is loaded no more; what it predicted is in the log alone. */
  isGone: boolean;
};

/** What was predicted under a name, or how to say what is. */
export type Claim =
  | { known: Predicted }
  | { known?: undefined; keep(predicted: Predicted): void; release(): void };

/**
 * Remembers which predictions have ids of their callers, so that a request sent again is answered again and logged once.
 * The oldest are forgotten when there are more rows than `mostRows`, and all of them with the process; with 0 none is remembered,
 * and an id may be sent any number of times.
 */
export type CallerIds = {
  /**
   * Claims an id of an endpoint, and those that its rows get, for rows given as JSON and what else the answer depends on. Throws
   * `prediction.id-taken` where other rows have one of them, `prediction.id-busy` while the first request is being answered, and
   * `prediction.id-answered` where the version that answered is loaded no more.
   */
  claim(endpoint: string, id: string, rowTexts: readonly string[], about?: string): Claim;
  /** Forgets what versions predicted that are loaded no more, so that nothing of them stays in memory. */
  forgetModels(isLoaded: (route: Predicted['route']) => boolean): void;
};

export function callerIds(mostRows: number): CallerIds {
  const entries = new Map<string, Entry>();
  let rows = 0;

  function forget(entry: Entry): void {
    rows -= entry.rows;
    for (const key of entry.keys) entries.delete(key);
  }

  return {
    forgetModels(isLoaded) {
      for (const entry of entries.values()) {
        if (entry.predicted === undefined || isLoaded(entry.predicted.route)) continue;
        entry.predicted = undefined;
        entry.isGone = true;
      }
    },
    claim(endpoint, id, rowTexts, about = '') {
      if (mostRows === 0) return { keep: () => {}, release: () => {} };
      const key = `${endpoint}/${id}`;
      const hash = hashOf([...rowTexts, about]);
      const known = entries.get(key);
      if (known !== undefined) {
        if (known.hash !== hash) throw fail('prediction.id-taken', { id });
        if (known.isGone) throw fail('prediction.id-answered', { id });
        if (known.predicted === undefined) throw fail('prediction.id-busy', { id, retryAfterSeconds: 1 });
        return { known: known.predicted };
      }
      // A request without rows takes room as well.
      const keys = [...new Set([id, ...idsOfRows(id, rowTexts.length)])].map((each) => `${endpoint}/${each}`);
      if (keys.some((each) => entries.has(each))) throw fail('prediction.id-taken', { id });
      const entry: Entry = {
        ...{ hash, keys, predicted: undefined, isGone: false },
        rows: Math.max(1, rowTexts.length),
      };
      for (const each of keys) entries.set(each, entry);
      rows += entry.rows;
      for (const oldest of entries.values()) {
        if (rows <= mostRows || oldest === entry) break;
        forget(oldest);
      }
      return {
        keep(predicted) {
          entry.predicted = predicted;
        },
        release() {
          // What was kept is in the log, whether or not its answer could be given: sent again it must not be logged again.
          if (entry.predicted === undefined && entries.get(key) === entry) forget(entry);
        },
      };
    },
  };
}

function hashOf(rowTexts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of rowTexts) hash.update(text).update('\n');
  return hash.digest('base64');
}
