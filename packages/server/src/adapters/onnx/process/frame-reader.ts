import { LENGTH_BYTES, LONGEST_HEAD, type ProcessSays } from './frames.ts';

/** A whole frame; `bytes[i]` are those of tensor i, in memory of their own. */
export type Frame = { head: ProcessSays; bytes: Uint8Array[] };

/**
 * Puts frames together from the pieces in which a socket gives them: each tensor is copied once, to where it stays.
 * Throws for what is no frame.
 */
export function frameReader(onFrame: (frame: Frame) => void): (piece: Buffer) => void {
  let target = Buffer.alloc(LENGTH_BYTES);
  let filled = 0;
  let head: ProcessSays | undefined;
  let bytes: Buffer[] = [];
  let next: 'length' | 'head' | 'tensor' = 'length';

  function begin(size: number, what: typeof next): void {
    target = Buffer.allocUnsafeSlow(size);
    filled = 0;
    next = what;
  }

  function tensorSizes(): number[] {
    return head?.is === 'done' ? head.tensors.map((tensor) => tensor.bytes) : [];
  }

  /** The tensor after those that are there; the frame is whole when there is none. */
  function nextTensor(): void {
    const sizes = tensorSizes();
    while (bytes.length < sizes.length && sizes[bytes.length] === 0) bytes.push(Buffer.alloc(0));
    if (bytes.length < sizes.length) {
      begin(sizes[bytes.length]!, 'tensor');
      return;
    }
    const frame = { head: head!, bytes };
    head = undefined;
    bytes = [];
    begin(LENGTH_BYTES, 'length');
    onFrame(frame);
  }

  function filledUp(): void {
    if (next === 'length') {
      const length = target.readUInt32LE(0);
      if (length > LONGEST_HEAD) throw new Error('no frame');
      begin(length, 'head');
    } else if (next === 'head') {
      head = JSON.parse(target.toString('utf8')) as ProcessSays;
      nextTensor();
    } else {
      bytes.push(target);
      nextTensor();
    }
  }

  return (piece) => {
    for (let at = 0; at < piece.length; ) {
      const copied = piece.copy(target, filled, at);
      at += copied;
      filled += copied;
      if (filled === target.length) filledUp();
    }
  };
}
