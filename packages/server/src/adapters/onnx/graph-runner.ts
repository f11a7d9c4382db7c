import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../kernel/index.ts';
import type { GraphRunner, NamedTensor } from '../../stages/optimize/index.ts';
import type { ElementType, ModelProcesses, TensorParts } from '../../stages/pack/index.ts';

export type GraphRunnerOptions = {
  /** For the files of graphs that are being tried; each goes with its process. */
  folder: string;
  memoryBytes: number;
  loadTimeoutMs: number;
  runTimeoutMs: number;
};

/** Runs the graphs that optimizing makes, each in a process of its own that may die. */
export function graphRunner(processes: ModelProcesses, options: GraphRunnerOptions): GraphRunner {
  const { folder, runTimeoutMs, ...limits } = options;
  return {
    async open(model) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, `${newId('graph')}.onnx`);
      const sha256 = createHash('sha256').update(model).digest('hex');
      const running = await writeFile(path, model, { flag: 'wx' })
        .then(() => processes.start({ path, sha256, providers: ['cpu'], ...limits }))
        .finally(() => rm(path, { force: true }));
      return {
        run: (inputs) => running.run(inputs.map(partsOf), runTimeoutMs),
        measure: (inputs, runs) => running.measure(inputs.map(partsOf), runs, runTimeoutMs * 2),
        close: () => running.kill(),
      };
    },
  };
}

function partsOf({ bytes, type, ...tensor }: NamedTensor): TensorParts {
  return { ...tensor, type: type as ElementType, parts: [bytes] };
}
