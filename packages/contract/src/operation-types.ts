import type { z } from 'zod';
import type { OPERATIONS, OperationId } from './operations/index.ts';

type Of<Id extends OperationId> = (typeof OPERATIONS)[Id];
type Given<T, Key extends string> = T extends Record<Key, z.ZodType> ? z.output<T[Key]> : undefined;
type Asked<T, Key extends string> = T extends Record<Key, z.ZodType> ? z.input<T[Key]> : undefined;
type StreamKey<T, Key extends string> = T extends Record<Key, { stream: string }> ? true : false;

/** What a handler gets: parsed and with defaults filled in. */
export type OperationInput<Id extends OperationId> = {
  params: Given<Of<Id>, 'params'>;
  query: Given<Of<Id>, 'query'>;
  body: Given<Of<Id>, 'body'>;
};

/** What a handler gives back: the answer, or bytes for a stream. */
export type OperationAnswer<Id extends OperationId> =
  StreamKey<Of<Id>, 'answer'> extends true ? AsyncIterable<Uint8Array> : Given<Of<Id>, 'answer'>;

/** What a caller passes, defaults optional. */
export type OperationCall<Id extends OperationId> = Present<{
  params: Asked<Of<Id>, 'params'>;
  query: Asked<Of<Id>, 'query'>;
  body: StreamKey<Of<Id>, 'body'> extends true
    ? Uint8Array | Blob | ReadableStreamOfBytes
    : Asked<Of<Id>, 'body'>;
}>;

/** A body stream of the platform at hand (the web's ReadableStream, also in Node). */
export type ReadableStreamOfBytes = AsyncIterable<Uint8Array>;

/** Parts that the operation has; those in which nothing must be said may be left out. */
type Present<T> = {
  [Key in keyof T as T[Key] extends undefined ? never : Nothing extends T[Key] ? never : Key]: T[Key];
} & {
  [Key in keyof T as T[Key] extends undefined ? never : Nothing extends T[Key] ? Key : never]?: T[Key];
};
type Nothing = Record<never, never>;
