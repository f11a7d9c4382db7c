/** Memory that WebAssembly and every thread see alike. It is shared, because only that grows under arrays in use. */
export type KernelMemory = { readonly buffer: SharedArrayBuffer; grow(pages: number): number };

const PAGE_BYTES = 65_536;
/** What 32 bits address: 4 GiB. */
const MOST_PAGES = 65_536;
/** Memory is asked for in pieces of at least this many pages. */
const LEAST_PAGES = 16;
/** Arrays start at multiples of this, so that none shares a line of a cache with another. */
const ALIGNMENT = 64;

export function newKernelMemory(): KernelMemory {
  return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
}

/** Places in a memory, handed out one after the other, all given back together. */
export type Arena = {
  readonly memory: KernelMemory;
  /** Where that many bytes are free; they hold whatever was there. */
  place(bytes: number): number;
  /** Arrays of zeros. */
  bytes(length: number): Uint8Array;
  int32(length: number): Int32Array;
  float32(length: number): Float32Array;
  float64(length: number): Float64Array;
  close(): void;
};

type Chunk = { begin: number; end: number };

/** What arenas of this thread gave back, by memory: other threads never see it, so nothing has to be locked. */
const GIVEN_BACK = new WeakMap<KernelMemory, Chunk[]>();

/**
 * Opens an arena. Its pieces are this thread's alone: growing a shared memory is atomic, and what an arena gives back only
 * later arenas of the same thread use again. Throws a RangeError beyond 4 GiB.
 */
export function openArena(memory: KernelMemory): Arena {
  const free = GIVEN_BACK.get(memory) ?? [];
  GIVEN_BACK.set(memory, free);
  const taken: Chunk[] = [];
  let current: Chunk = { begin: 0, end: 0 };
  const place = (bytes: number): number => {
    const size = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    if (current.end - current.begin < size) {
      if (current.end > current.begin) free.push(current);
      current = takeChunk(memory, free, size);
    }
    const begin = current.begin;
    current.begin += size;
    taken.push({ begin, end: begin + size });
    return begin;
  };
  const zeros = <T extends { fill(value: number): T }>(
    Kind: { new (buffer: SharedArrayBuffer, at: number, length: number): T; BYTES_PER_ELEMENT: number },
    length: number,
  ): T => {
    const at = place(length * Kind.BYTES_PER_ELEMENT);
    return new Kind(memory.buffer, at, length).fill(0);
  };
  return {
    memory,
    place,
    bytes: (length) => zeros(Uint8Array, length),
    int32: (length) => zeros(Int32Array, length),
    float32: (length) => zeros(Float32Array, length),
    float64: (length) => zeros(Float64Array, length),
    close() {
      giveBack(free, [...taken.splice(0), current]);
      current = { begin: 0, end: 0 };
    },
  };
}

function takeChunk(memory: KernelMemory, free: Chunk[], size: number): Chunk {
  const fits = free.findIndex(({ begin, end }) => end - begin >= size);
  if (fits >= 0) return free.splice(fits, 1)[0]!;
  const pages = Math.max(LEAST_PAGES, Math.ceil(size / PAGE_BYTES));
  const begin = memory.grow(pages) * PAGE_BYTES;
  return { begin, end: begin + pages * PAGE_BYTES };
}

/** Neighbours are joined, so that the next arena finds room for arrays of other sizes. */
function giveBack(free: Chunk[], chunks: Chunk[]): void {
  const all = [...free.splice(0), ...chunks].sort((a, b) => a.begin - b.begin);
  for (const chunk of all) {
    const last = free.at(-1);
    if (chunk.end === chunk.begin) continue;
    if (last?.end === chunk.begin) last.end = chunk.end;
    else free.push({ ...chunk });
  }
}

/** As much of the standard's interface as is used here; neither `lib.es` nor Node's types have it. */
declare const WebAssembly: {
  Memory: new (options: { initial: number; maximum: number; shared: true }) => KernelMemory;
};
