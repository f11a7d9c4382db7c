/**
 * What the process of a model and its owner say to each other, both ways over one socket: a frame is the length of its head
 * (uint32, little-endian), the head as JSON, then the bytes of its tensors one after the other.
 */
export type FrameTensor = { name: string; type: string; shape: number[]; bytes: number };

export type ProcessSays =
  | { is: 'loaded'; inputs: RuntimeSpec[]; outputs: RuntimeSpec[] }
  | { is: 'refused'; reason: string }
  | { is: 'done'; tensors: FrameTensor[] }
  | { is: 'too-large'; bytes: number }
  | { is: 'measured'; milliseconds: number; memoryBytes: number }
  | { is: 'failed'; reason: string };

/** With `runs` the answers are not wanted, but what so many runs cost; nor are answers of more than `maxBytes`. */
export type OwnerSays = { tensors: FrameTensor[]; runs?: number; maxBytes?: number };

/** A tensor as the runtime describes it: -1 or a name where a size is open. */
export type RuntimeSpec = { name: string; type: string; shape: (number | string)[] };

/** What the process is told at its start, as JSON in its first argument. */
export type ProcessOrder = {
  /** Where the file of the graph lies, for whoever lists processes; it is read from {@link MODEL_FD}. */
  path: string;
  sha256: string;
  providers: readonly string[];
  memoryBytes: number;
};

/** The socket, as a file descriptor of the process. */
export const FRAME_FD = 3;
/** The file of the graph, open for reading. */
export const MODEL_FD = 4;
export const LENGTH_BYTES = 4;
/** A head names tensors; a longer one is no head. */
export const LONGEST_HEAD = 16 * 1024 * 1024;

/** The first bytes of a frame: everything but its tensors. */
export function frameHead(head: ProcessSays | OwnerSays): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + text.length);
  frame.writeUInt32LE(text.length, 0);
  text.copy(frame, LENGTH_BYTES);
  return frame;
}
