import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { datasetName, fail, type TensorSignature, type TensorSpec } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { type Command, Option } from 'commander';
import { connect } from '../connect.ts';
import { untilDone } from '../follow-job.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, bytes, clean, print, say, table } from '../output.ts';
import { readFileUpTo } from '../read-file-up-to.ts';
import { filesBesideGraph, tarOf, tarOfModelFolder } from '../tar-model-folder.ts';
import { uploadBytes, uploadFile } from '../upload.ts';
import { sameFlags } from './up.ts';

const TASKS = ['tensor', 'binary', 'multiclass', 'regression'] as const;

type ImportOptions = CommonOptions & {
  name?: string;
  task: (typeof TASKS)[number];
  labels?: string;
  labelOutput?: string;
  example?: string;
};

export function addImportCommand(models: Command): void {
  common(models.command('import'))
    .description(
      'Import an ONNX model, or the folder of an MLflow model with an onnx flavor (or its tar or zip).',
    )
    .argument('<path>')
    .option('--name <name>', 'name of the model (from the file name)')
    .addOption(new Option('--task <task>', 'what the model does').choices(TASKS).default('tensor'))
    .option('--labels <file>', 'names of the classes in the order of the scores: a JSON list, or one a line')
    .option(
      '--label-output <name>',
      'output with the class or the value of each row (detected when left out)',
    )
    .option('--example <file>', 'an input that the model takes: JSON, by tensor its values as nested lists')
    .action(async (path: string, options: ImportOptions) => {
      const client = await connect(options);
      const name = options.name ?? modelName(path);
      const labels = options.labels === undefined ? [] : await readLabels(options.labels);
      const example = options.example === undefined ? undefined : await readExample(options.example);
      const uploadId = await upload(client, path);
      const { task, labelOutput } = options;
      const body = { name, uploadId, task, labels, labelOutput, example };
      const job = await client.call['models.import']({ body });
      if (!options.json) say('The model is inspected and tested in a separate process.');
      await untilDone(client, job.id);
      const [newest] = (await client.call['models.get']({ params: { name } })).versions;
      const version = await client.call['models.version']({ params: { name, version: newest!.version } });
      answer({ name, ...version }, options.json, () => {
        say(`Version ${version.version} of ${name} is registered (${bytes(version.bytes)}).`);
        showTensors(version.tensors);
        showRows(version.tensors);
        say(`Next: slipway deploy ${name}${sameFlags(options)}`);
      });
    });
}

type Tensors = TensorSignature | null;

/** What was changed and left out, whether requests may share runs, and why not. */
function showRows(tensors: Tensors): void {
  if (tensors === null) return;
  for (const sentence of [...tensors.adapted, ...tensors.answers.decided]) say(clean(sentence));
  for (const { name, is } of tensors.leftOut)
    say(`! The output ${clean(name)} is ${clean(is)} and is not served.`);
  const { proven, reason } = tensors.rowIndependence;
  say(
    proven
      ? 'Rows are independent, as proven from the graph: requests may be batched together.'
      : `Rows are not proven independent, so each request runs alone: ${clean(reason ?? '')}.`,
  );
}

export function showTensors(tensors: Tensors): void {
  if (tensors === null) return;
  const rows = (what: string, specs: readonly TensorSpec[]) =>
    specs.map(({ name, type, shape }) => [what, name, type, shapeText(shape)]);
  table(
    ['', 'tensor', 'type', 'shape'],
    [...rows('takes', tensors.inputs), ...rows('gives', tensors.outputs)],
  );
  print();
}

function shapeText(shape: TensorSpec['shape']): string {
  return shape === null ? 'any' : `[${shape.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}

function modelName(path: string): string {
  return datasetName(basename(resolve(path)).replace(/\.(onnx|tar|tgz|zip)(\.gz)?$/i, ''));
}

async function upload(client: Client, path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true && path.endsWith('.onnx')) {
    const beside = await filesBesideGraph(path);
    if (beside.length === 0) return uploadFile(client, path);
    say(`External tensor data is included: ${beside.map(clean).join(', ')}.`);
    return uploadBytes(
      client,
      `${basename(resolve(path))}.tar`,
      await tarOf(dirname(path), [basename(path), ...beside]),
    );
  }
  if (found?.isDirectory() !== true) return uploadFile(client, path);
  return uploadBytes(client, `${basename(resolve(path))}.tar`, await tarOfModelFolder(path));
}

async function readLabels(file: string): Promise<string[]> {
  const text = await readText(file);
  if (!text.trimStart().startsWith('[')) return text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const labels = parse(file, text);
  if (Array.isArray(labels)) return labels.map(String);
  throw fail('request.invalid', { reason: `${clean(file)} holds no list of labels` }, { path: 'labels' });
}

async function readExample(file: string): Promise<Record<string, unknown>> {
  const example = parse(file, await readText(file));
  if (typeof example === 'object' && example !== null && !Array.isArray(example))
    return example as Record<string, unknown>;
  const reason = `${clean(file)} is no object of tensors, such as { "x": [[1, 2]] }`;
  throw fail('request.invalid', { reason }, { path: 'example' });
}

/** As the body of the request, into which it goes. */
const LARGEST_BYTES = 16 * 1024 ** 2;

function readText(file: string): Promise<string> {
  return readFileUpTo(file, LARGEST_BYTES);
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail('request.bad-json', { reason: `${clean(file)}: ${(cause as Error).message}` }, { cause });
  }
}
