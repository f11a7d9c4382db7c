import { type ValueRun, valueText } from '../../stages/pack/index.ts';

/** Writes values of tensors as JSON. */
export interface ValueWriter {
  /**
   * The JSON of a run in UTF-8, as `valueText` writes it. Owners have equal shares of what there is to write with, however much each
   * of them asks for. The bytes of the run are given away. Rejects when it is closed.
   */
  write(run: ValueRun, owner: string): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Writes on the thread that asks: for servers that have no threads for it. */
export function inlineWriter(): ValueWriter {
  return {
    write: async (run) => Buffer.from(valueText(run)),
    close: async () => {},
  };
}
