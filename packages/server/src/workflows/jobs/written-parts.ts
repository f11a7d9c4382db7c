import type { StageProgress } from '../model.ts';
import type { JobPorts } from './job-ports.ts';

/** What of an output is in the object store already: the first `rows` rows, in so many parts. */
export type WrittenParts = { rows: number; parts: string[] };

const MOST_PARTS = 200;

/** Rows of a part, whole calls: as few as keep the parts to be told few. */
export function rowsOfPart(rows: number, rowsACall: number): number {
  return Math.max(1, Math.ceil(rows / rowsACall / MOST_PARTS)) * rowsACall;
}

/** The parts that a former life of the job told of, if they are all still there; none otherwise. */
export async function partsBefore(former: unknown, objects: JobPorts['objects']): Promise<WrittenParts> {
  const { facts } = (former ?? {}) as Partial<StageProgress>;
  const { rows, parts } = (facts ?? {}) as Partial<WrittenParts>;
  const nothing = { rows: 0, parts: [] };
  if (typeof rows !== 'number' || !Array.isArray(parts)) return nothing;
  const there = await Promise.all(parts.map((part) => objects.has(part)));
  return there.every(Boolean) ? { rows, parts: [...parts] } : nothing;
}

/** The parts one after the other. Throws `object.missing` and `object.corrupt`. */
export async function* readParts(
  { parts }: WrittenParts,
  objects: JobPorts['objects'],
): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* objects.read(part);
}
