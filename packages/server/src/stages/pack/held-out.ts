import { fail } from '@slipway/contract';
import type { Predictions } from '../train/index.ts';
import type { BundleFiles } from './ports.ts';
import { readingFile } from './reading-file.ts';

/** Whether the model was fitted again on the rows of both sides of the split, and what that took or why not. */
export type RefitFacts =
  /** `rows` were learnt from, in `seconds` of wall-clock time. */
  { done: true; rows: number; seconds: number } | { done: false; reason: string };

/**
 * The rows held out of a training, with what the model predicted for them before it was refitted on them. Figures of
 * quality are of these predictions: a refitted model has learnt from the rows.
 */
export type HeldOut = {
  /** The dataset version that row numbers refer to, and how many rows it has. */
  dataset: { name: string; version: number; manifest: string; rows: number };
  /** Of each held-out row its number in that version, from 0. */
  rows: Int32Array;
  /** Ground truth: the number, or the index of the class. */
  target: Float64Array;
  /** In the order of the outputs; empty for regression. */
  classes: string[];
  /** Of the model that had not seen the rows, in the order of `rows`. */
  predictions: Predictions;
  /** Decision threshold that the figures were measured at. */
  threshold: number;
  refit: RefitFacts;
};

/** `holdout.json`: arrays are little-endian int32 and float64, base64. */
type HeldOutFile = Pick<HeldOut, 'dataset' | 'classes' | 'threshold' | 'refit'> & {
  format: 1;
  outputs: number;
  rows: string;
  target: string;
  predictions: string;
};

/** The bytes of `holdout.json`. */
export function encodeHeldOut({ dataset, classes, threshold, refit, ...held }: HeldOut): Uint8Array {
  const file: HeldOutFile = {
    format: 1,
    ...{ dataset, classes, threshold, refit },
    outputs: held.predictions.outputs,
    rows: toBase64(held.rows),
    target: toBase64(held.target),
    predictions: toBase64(held.predictions.values),
  };
  return new TextEncoder().encode(`${JSON.stringify(file, null, 1)}\n`);
}

/**
 * What a bundle keeps of its hold-out; undefined for bundles that keep none: imported models, forecasts, and models of
 * before there was a refit, which answer as they were measured.
 *
 * Throws `bundle.invalid` when `holdout.json` is damaged or of another format.
 */
export function heldOutOf(files: BundleFiles): HeldOut | undefined {
  const bytes = files.get('holdout.json');
  if (bytes === undefined) return undefined;
  return readingFile('holdout.json', () => decoded(bytes));
}

function decoded(bytes: Uint8Array): HeldOut {
  const file = parse(bytes);
  const { dataset, classes, threshold, refit, outputs } = file;
  const rows = new Int32Array(fromBase64(file.rows));
  const target = new Float64Array(fromBase64(file.target));
  const values = new Float64Array(fromBase64(file.predictions));
  if (target.length !== rows.length || values.length !== rows.length * outputs)
    throw fail('bundle.invalid', { reason: 'holdout.json has columns of different lengths' });
  return {
    dataset,
    rows,
    target,
    classes,
    predictions: { rows: rows.length, outputs, values },
    threshold,
    refit,
  };
}

/** Whether the model of a bundle has learnt from its hold-out. */
export function isRefitted(held: HeldOut | undefined): held is HeldOut {
  return held?.refit.done === true;
}

function parse(bytes: Uint8Array): HeldOutFile {
  let file: Partial<HeldOutFile> | null;
  try {
    file = JSON.parse(new TextDecoder().decode(bytes)) as Partial<HeldOutFile> | null;
  } catch (cause) {
    throw fail('bundle.invalid', { reason: 'holdout.json is not JSON' }, { cause });
  }
  const isWhole =
    file?.format === 1 && [file.rows, file.target, file.predictions].every((one) => typeof one === 'string');
  if (!isWhole) throw fail('bundle.invalid', { reason: 'holdout.json is of another format' });
  return file as HeldOutFile;
}

function toBase64({ buffer, byteOffset, byteLength }: Int32Array | Float64Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}

/** The bytes in a buffer of their own, aligned as typed arrays need it. */
function fromBase64(text: string): ArrayBuffer {
  const bytes = Buffer.from(text, 'base64');
  const own = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(own).set(bytes);
  return own;
}
