import type { ModelProcess } from '../../stages/pack/index.ts';
import type { TensorRun } from '../../stages/serve/index.ts';

/** Runs the tensors in a process that has one caller, one run after the other. */
export function processRun(process: ModelProcess, runTimeoutMs: number): TensorRun {
  let before: Promise<unknown> = Promise.resolve();
  return (inputs) => {
    const given = inputs.map(({ bytes, ...tensor }) => ({ ...tensor, parts: [bytes] }));
    const run = before.then(() => process.run(given, runTimeoutMs));
    before = run.catch(() => undefined);
    return run;
  };
}
