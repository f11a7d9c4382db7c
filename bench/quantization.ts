/**
 * An image network made smaller: scikit-learn's digits, a convolutional network trained in PyTorch, and what optimizing makes of
 * it, beside onnxruntime's own quantizer on the same network. Every file is measured in ONNX Runtime for Python.
 *
 *     npm run bench -- quantization --python .venv/bin/python [--max-loss 0.005]
 *
 * `--python` has torch, onnx, onnxruntime, scikit-learn and numpy.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { graphRunner, modelProcesses } from '../packages/server/src/adapters/onnx/index.ts';
import { judgeByLabels, optimizeGraph } from '../packages/server/src/stages/optimize/index.ts';
import {
  readSamples,
  repeatRows,
  sampleBatches,
  type TensorSpec,
} from '../packages/server/src/stages/pack/index.ts';
import { builtModelProcess } from '../packages/server/src/testing/built-inference.ts';

const IMAGES: TensorSpec[] = [{ name: 'image', type: 'float32', shape: ['n', 1, 32, 32] }];
const MOST_BYTES = 2 ** 28;

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    'max-loss': { type: 'string', default: '0.005' },
  },
});
const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'slipway-quantization-'));

async function python(...words: string[]) {
  const script = join(process.cwd(), 'bench/quantization.py');
  const [what, ...files] = words;
  const { stdout } = await run(values.python, [script, what!, folder, ...files]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

async function samples(name: string) {
  return readSamples(IMAGES, { name, bytes: await readFile(join(folder, name)), maxBytes: MOST_BYTES });
}

try {
  const made = await python('make');
  process.stdout.write(`${made.parameters} parameters, accuracy ${made.accuracy} on held-out rows\n`);
  const judged = await samples('judge.npz');
  const calibration = await samples('calibration.npz');
  const runner = graphRunner(modelProcesses(await builtModelProcess(folder, process.cwd())), {
    folder,
    memoryBytes: 2 ** 32,
    loadTimeoutMs: 120_000,
    runTimeoutMs: 120_000,
  });
  const model = new Uint8Array(await readFile(join(folder, 'digits.onnx')));
  const result = await optimizeGraph(
    {
      model,
      judged: sampleBatches(IMAGES, judged.inputs),
      judgeOf: () => judgeByLabels(judged.labels!, [], true),
      calibration: sampleBatches(IMAGES, calibration.inputs),
      timed: {
        one: repeatRows(IMAGES, judged.inputs, 1)!,
        thousand: repeatRows(IMAGES, judged.inputs, 1000),
      },
      maxLoss: Number(values['max-loss']),
      preference: 'balanced',
      losslessOnly: undefined,
      progress: (_, says) => process.stderr.write(`${says}\n`),
    },
    runner,
  );
  for (const {
    technique,
    outcome,
    bytes,
    oneRowMicroseconds,
    thousandRowsMicroseconds,
    quality,
    says,
  } of result.table)
    process.stdout.write(
      `${technique.padEnd(36)} ${outcome.padEnd(14)} ${String(bytes ?? '').padStart(8)} B ${oneRowMicroseconds?.toFixed(0).padStart(6)} µs ${thousandRowsMicroseconds?.toFixed(0).padStart(8)} µs ${quality?.toFixed(4)} ${says}\n`,
    );
  const files = ['digits.onnx', ...(await python('peers'))];
  if (result.model !== undefined) {
    await writeFile(join(folder, 'slipway.onnx'), result.model);
    files.push('slipway.onnx');
  }
  process.stdout.write('In ONNX Runtime for Python, one thread:\n');
  for (const one of await python('ask', ...files))
    process.stdout.write(
      `${one.file.padEnd(20)} ${one.bytes} B ${one.oneRowMicroseconds.toFixed(0)} µs accuracy ${one.accuracy.toFixed(4)}\n`,
    );
} finally {
  await rm(folder, { recursive: true, force: true });
}
