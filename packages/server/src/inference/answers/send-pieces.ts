import type { ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { createDeflate, createGzip, constants as zlib } from 'node:zlib';
import { fail } from '@slipway/contract';
import type { Reply } from '../asked.ts';
import type { InferenceContext } from '../context.ts';
import { answer, beginAnswer, type Exchange, endAnswer } from '../exchange.ts';
import { sizesOf } from '../limits/endpoint-limits.ts';
import { type ChunkMaker, chunksOf } from './chunks.ts';
import { Pieces } from './pieces.ts';

/** Bodies up to this size are gathered and sent as a whole, with their length. */
const GATHERED_BYTES = 256 * 1024;

/**
 * Sends an answer: at once where it is written already, else in pieces, as fast as they are read. Nothing of it is sent before it is
 * known to be within the limit: by what it takes at most, or by making it once to count. Throws `predict.answer-too-large`, and what
 * making the pieces throws; then nothing was sent, or the answer has begun and its connection is to be ended.
 */
export function sendAnswer(
  context: InferenceContext,
  exchange: Exchange,
  reply: Reply,
): Promise<void> | undefined {
  const { contentType, body, headers, measured } = reply;
  const limitBytes = sizesOf(context, exchange).maxAnswerBytes;
  if (body instanceof Pieces) {
    const large = { contentType, headers: headers ?? [], pieces: body, limitBytes };
    return measured === undefined
      ? sendPieces(context, exchange, large)
      : sendMeasured(context, exchange, large, measured);
  }
  if (body.length > limitBytes) throw tooLarge(body.length, limitBytes);
  answer(exchange, 200, contentType, body, headers);
  return undefined;
}

type Large = {
  contentType: string;
  headers: readonly string[];
  pieces: Pieces;
  limitBytes: number;
};

async function sendMeasured(
  context: InferenceContext,
  exchange: Exchange,
  large: Large,
  { header, of }: NonNullable<Reply['measured']>,
): Promise<void> {
  const chunks = chunksOf(makerOf(context, exchange), of.make());
  const { bytes } = await measure(chunks, large.limitBytes, false);
  await sendPieces(context, exchange, { ...large, headers: [...large.headers, header, String(bytes)] });
}

function makerOf({ turns, values }: InferenceContext, { endpoint }: Exchange): ChunkMaker {
  return { turns, values, owner: endpoint?.name ?? '' };
}

async function sendPieces(context: InferenceContext, exchange: Exchange, large: Large): Promise<void> {
  const { pieces, limitBytes, contentType, headers } = large;
  const maker = makerOf(context, exchange);
  if (pieces.bytes !== undefined && pieces.bytes > limitBytes) throw tooLarge(pieces.bytes, limitBytes);
  if (pieces.mostBytes <= limitBytes && pieces.mostBytes > GATHERED_BYTES) {
    await stream(context, exchange, large, chunksOf(maker, pieces.make()), pieces.bytes);
    return;
  }
  const made = chunksOf(maker, pieces.make());
  const { bytes, whole } = await measure(made, limitBytes, isKept(pieces.mostBytes));
  if (whole === undefined) await stream(context, exchange, large, chunksOf(maker, pieces.make()), bytes);
  else if (bytes <= GATHERED_BYTES) answer(exchange, 200, contentType, Buffer.concat(whole), headers);
  else await stream(context, exchange, large, whole, bytes);
}

/** Whether what was made is kept, or made again: lists of rows are held as objects already, and are many times smaller than those. */
function isKept(mostBytes: number): boolean {
  return !Number.isFinite(mostBytes) || mostBytes <= GATHERED_BYTES;
}

/** How many bytes there are, and these, where they are kept. Throws `predict.answer-too-large`. */
async function measure(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
  isWanted: boolean,
): Promise<{ bytes: number; whole: Uint8Array[] | undefined }> {
  const whole: Uint8Array[] | undefined = isWanted ? [] : undefined;
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > limitBytes) throw tooLarge(bytes, limitBytes);
    whole?.push(chunk);
  }
  return { bytes, whole };
}

function tooLarge(bytes: number, limitBytes: number): Error {
  return fail('predict.answer-too-large', { bytes, limitBytes });
}

/** @param length of all chunks, where it is known */
async function stream(
  context: InferenceContext,
  exchange: Exchange,
  { contentType, headers }: Pick<Large, 'contentType' | 'headers'>,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  length?: number,
): Promise<void> {
  const { response, encoding } = exchange;
  if (exchange.isAnswered) return;
  const encoder = encoding && ENCODERS[encoding.name]();
  const more = [...headers];
  if (encoding !== undefined) more.push('content-encoding', encoding.name, 'vary', 'accept-encoding');
  else if (length !== undefined) more.push('content-length', String(length));
  beginAnswer(exchange, 200, contentType, more);
  const cut = setTimeout(() => response.destroy(), context.settings.answerTimeoutMs);
  try {
    const bytes = await pump(chunks, response, encoder);
    endAnswer(exchange, 200, bytes);
  } catch (error) {
    // Of an answer that nobody reads any more, nothing is to be told.
    if (!isGone(response)) throw error;
    endAnswer(exchange, 200, 0);
  } finally {
    clearTimeout(cut);
    encoder?.destroy();
  }
}

const ENCODERS = {
  gzip: () => createGzip({ level: zlib.Z_BEST_SPEED }),
  deflate: () => createDeflate({ level: zlib.Z_BEST_SPEED }),
};

/** Writes all chunks, the next one when there is room for it, until the reader is gone. Gives the bytes written. */
async function pump(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  response: ServerResponse,
  encoder: Transform | undefined,
): Promise<number> {
  const into = encoder ?? response;
  encoder?.on('error', () => response.destroy());
  encoder?.pipe(response);
  let bytes = 0;
  for await (const chunk of chunks) {
    if (isGone(response)) return bytes;
    bytes += chunk.byteLength;
    if (!into.write(chunk)) await roomOrEnd(into, response);
  }
  into.end();
  await finished(response);
  return bytes;
}

function isGone(response: ServerResponse): boolean {
  return response.destroyed || response.socket?.destroyed === true;
}

function roomOrEnd(into: Transform | ServerResponse, response: ServerResponse): Promise<void> {
  if (isGone(response)) return Promise.resolve();
  return new Promise((resolve) => {
    function done(): void {
      into.off('drain', done);
      response.off('close', done);
      resolve();
    }
    into.on('drain', done);
    response.on('close', done);
  });
}

/** All was handed to the system, or there is nobody to hand it to. */
function finished(response: ServerResponse): Promise<void> {
  if (response.writableFinished || isGone(response)) return Promise.resolve();
  return new Promise((resolve) => {
    response.once('finish', resolve);
    response.once('close', () => resolve());
  });
}
