import type { ValueRun } from '../../stages/pack/index.ts';
import type { WorkTurns } from '../work-turns.ts';
import { type Piece, TensorText } from './pieces.ts';
import type { ValueWriter } from './value-writer.ts';

/** What chunks are made with, and for whom. */
export type ChunkMaker = { turns: WorkTurns; values: ValueWriter; owner: string };

/** Text gathered until it is a chunk of its own. */
const CHUNK_BYTES = 64 * 1024;
/** Bytes of values in one run: some milliseconds of writing. */
const RUN_BYTES = 16 * 1024;
/** Bytes sent as they are in one piece. */
const VIEW_BYTES = 64 * 1024;
/** Runs that are written ahead of what is sent, so that nobody waits for the other. */
const AHEAD = 2;
/** How long pieces are made before others have a turn, in milliseconds. */
const TURN_MS = 1;

/**
 * The bytes of the pieces, in chunks that are made as they are asked for: nothing is made for a reader who does not read. Values are
 * written by others; what is made here leaves turns to other requests.
 */
export async function* chunksOf(maker: ChunkMaker, pieces: Iterable<Piece>): AsyncGenerator<Uint8Array> {
  const ahead: Promise<Uint8Array>[] = [];
  let text = '';
  let since = performance.now();

  function push(chunk: Promise<Uint8Array> | Uint8Array): void {
    const promised = Promise.resolve(chunk);
    promised.catch(() => {}); // told where it is awaited, if it is
    ahead.push(promised);
  }

  function flush(): void {
    if (text !== '') push(Buffer.from(text));
    text = '';
  }

  for (const part of partsOf(pieces)) {
    if (typeof part === 'string') {
      text += part;
      if (text.length >= CHUNK_BYTES) flush();
    } else {
      flush();
      push(part instanceof Uint8Array ? part : maker.values.write(part, maker.owner));
    }
    while (ahead.length > AHEAD) yield ahead.shift()!;
    if (performance.now() - since < TURN_MS) continue;
    await maker.turns.again(maker.owner);
    since = performance.now();
  }
  flush();
  while (ahead.length > 0) yield ahead.shift()!;
}

function* partsOf(pieces: Iterable<Piece>): Generator<string | Uint8Array | ValueRun> {
  for (const piece of pieces) {
    if (typeof piece === 'string') yield piece;
    else if (piece instanceof TensorText) {
      const { short } = piece;
      if (short === undefined) yield* piece.runs(RUN_BYTES);
      else yield short;
    } else {
      for (let at = 0; at < piece.byteLength; at += VIEW_BYTES) yield piece.subarray(at, at + VIEW_BYTES);
    }
  }
}
