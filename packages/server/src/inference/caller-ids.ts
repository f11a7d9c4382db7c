import { createHash } from 'node:crypto';
import { fail } from '@slipway/contract';
import type { LoadedRoute } from './load-route.ts';
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
type Entry<Kept> = {
  hash: string;
  /** The id of the request and those of its rows, each with the endpoint. */
  keys: readonly string[];
  /** The room that it takes, in rows. */
  rows: number;
  predicted: Kept | undefined;
  /** Why what was predicted is in the log alone. */
  gone: string | undefined;
};

/** What was predicted under a name, or how to say what is. */
export type Claim<Kept> =
  | { known: Kept }
  | { known?: undefined; keep(predicted: Kept, bytes?: number): void; release(): void };

/** What the answer depends on besides what is predicted, as JSON, and how many rows that is. */
export type ClaimOf = { about?: string | undefined; rows?: number };

/**
 * Remembers which predictions have ids of their callers, so that a request sent again is answered again and logged once.
 * The oldest are forgotten when there are more rows than `mostRows`, and all of them with the process; with 0 none is remembered,
 * and an id may be sent any number of times.
 */
export type CallerIds<Kept> = {
  /**
   * Claims an id of an endpoint, and those that its rows get, for rows given as JSON, or tensors, and what else the answer depends on.
   * Throws `prediction.id-taken` where others have one of them, `prediction.id-busy` while the first request is being answered, and
   * `prediction.id-answered` where the version that answered is loaded no more, or its answer was too large to be kept.
   */
  claim(endpoint: string, id: string, parts: readonly (string | Uint8Array)[], of?: ClaimOf): Claim<Kept>;
  /** Forgets what versions predicted that are loaded no more, so that nothing of them stays in memory. */
  forgetModels(isLoaded: (route: LoadedRoute) => boolean): void;
};

/** Bytes of an answer that take the room of a row. */
const ROW_BYTES = 4096;
/** The share of the room that one answer may have. */
const MOST_OF_ONE = 1 / 8;

export function callerIds<Kept extends { route: LoadedRoute }>(mostRows: number): CallerIds<Kept> {
  const entries = new Map<string, Entry<Kept>>();
  let rows = 0;

  function makeRoom(kept: Entry<Kept>): void {
    for (const oldest of entries.values()) {
      if (rows <= mostRows || oldest === kept) break;
      forget(oldest);
    }
  }

  function forget(entry: Entry<Kept>): void {
    rows -= entry.rows;
    for (const key of entry.keys) entries.delete(key);
  }

  return {
    forgetModels(isLoaded) {
      for (const entry of entries.values()) {
        if (entry.predicted === undefined || isLoaded(entry.predicted.route)) continue;
        entry.predicted = undefined;
        entry.gone = 'the version that made it is no longer loaded';
      }
    },
    claim(endpoint, id, parts, { about = '', rows: asked = parts.length } = {}) {
      if (mostRows === 0) return { keep: () => {}, release: () => {} };
      const key = `${endpoint}/${id}`;
      const hash = hashOf([...parts, about]);
      const known = entries.get(key);
      if (known !== undefined) {
        if (known.hash !== hash) throw fail('prediction.id-taken', { id });
        if (known.gone !== undefined) throw fail('prediction.id-answered', { id, reason: known.gone });
        if (known.predicted === undefined) throw fail('prediction.id-busy', { id, retryAfterSeconds: 1 });
        return { known: known.predicted };
      }
      // A request without rows takes room as well.
      const keys = [...new Set([id, ...idsOfRows(id, asked)])].map((each) => `${endpoint}/${each}`);
      if (keys.some((each) => entries.has(each))) throw fail('prediction.id-taken', { id });
      const entry: Entry<Kept> = {
        ...{ hash, keys, predicted: undefined, gone: undefined },
        rows: Math.max(1, asked),
      };
      for (const each of keys) entries.set(each, entry);
      rows += entry.rows;
      makeRoom(entry);
      return {
        keep(predicted, bytes = 0) {
          const room = Math.ceil(bytes / ROW_BYTES);
          if (room > mostRows * MOST_OF_ONE) {
            entry.gone = `its ${bytes} bytes are too many to be remembered`;
            return;
          }
          entry.predicted = predicted;
          if (entries.get(key) !== entry || room <= entry.rows) return;
          rows += room - entry.rows;
          entry.rows = room;
          makeRoom(entry);
        },
        release() {
          // What was kept is in the log, whether or not its answer could be given: sent again it must not be logged again.
          if (entry.predicted === undefined && entry.gone === undefined && entries.get(key) === entry)
            forget(entry);
        },
      };
    },
  };
}

function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('base64');
}
