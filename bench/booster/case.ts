/** One measurement asked of a side. */
export type Asked = {
  /** Folder with what `sample.ts` writes. */
  data: string;
  threads: number;
  rounds: number;
  leaves: number;
  learningRate: number;
  bins: number;
  minRowsInLeaf: number;
  l2: number;
  /** Times that the side does it all in its process before it is measured. */
  warm: number;
};

export type Outcome = {
  binSeconds: number;
  trainSeconds: number;
  /** Processor seconds of training, all threads: unlike the clock's, they say something on a busy machine, too. */
  trainCpuSeconds: number;
  /** Peak resident memory of the whole process. */
  peakMebibytes: number;
  /** Log loss on the held-out rows. */
  loss: number;
  trees: number;
};

/** `about.json` beside `columns.bin` (float32, column after column, training rows then held-out ones) and `target.bin` (float64). */
export type About = { rows: number; heldOut: number; columns: number };
