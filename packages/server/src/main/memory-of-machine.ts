import { totalmem } from 'node:os';

/** Memory that this process and those beside it may use, bytes. A container without a limit tells none, or one beyond the machine. */
export function memoryOfMachine(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
