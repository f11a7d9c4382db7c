import { fail } from '@slipway/contract';
import type { FileForm } from '../../ingest/index.ts';
import type { InputColumn, OtherColumn } from '../../prepare/index.ts';
import type { AdditiveModel, ForecastModel, ForecastTrees } from '../../train/index.ts';
import { decodeEngineFile, encodeEngineFile } from '../engine-file.ts';
import type { EngineFile } from '../model.ts';
import { readingFile } from '../reading-file.ts';

/** What is forecast from the end of the data on, by series: `values[k]` belongs to the k-th step after its last value. */
export type ForecastTable = { values: number[][] };

/**
 * `forecast.json`: the fitted forecast with its states, which can be moved on by new values, and the forecasts that it
 * makes from where the data ended, which are looked up.
 */
export type ForecastFile = {
  format: 1;
  /** Columns that rows are asked by: the time, those that name a series, those known in advance; in that order. */
  inputs: InputColumn[];
  /** Every other column of the dataset; left out in bundles from before they were kept. */
  others?: OtherColumn[];
  /** Words that mean a missing value in the dataset; the usual ones when left out. */
  missingWords?: string[];
  /** How the first file of the dataset was written; left out in bundles from before it was kept. */
  form?: FileForm;
  /** How many of the inputs after the first name a series. */
  seriesColumns: number;
  target: string;
  model: ForecastModel;
  table: ForecastTable;
};

/** The bytes of `forecast.json`. */
export function encodeForecastFile(file: ForecastFile): Uint8Array {
  const written = (model: AdditiveModel) => JSON.parse(text(encodeEngineFile(treesFile(model)))).model;
  const encoded = (trees: ForecastTrees | null | undefined) => (trees ? eachModel(trees, written) : null);
  const { trees, levelTrees, residualTrees } = file.model;
  const model = {
    ...file.model,
    trees: encoded(trees),
    levelTrees: encoded(levelTrees),
    residualTrees: encoded(residualTrees),
  };
  return new TextEncoder().encode(JSON.stringify({ ...file, model }));
}

/** Reads `forecast.json`. Throws `bundle.invalid` when it is not one, or of another format. */
export function decodeForecastFile(bytes: Uint8Array): ForecastFile {
  return readingFile('forecast.json', () => decodedFile(bytes));
}

function decodedFile(bytes: Uint8Array): ForecastFile {
  const file = parse(bytes);
  if (file?.format !== 1 || !Array.isArray(file.model?.series) || !Array.isArray(file.table?.values)) {
    throw fail('bundle.invalid', { reason: 'forecast.json is of another format' });
  }
  const decoded = (trees: ForecastTrees | null | undefined) => {
    if (!trees) return null;
    return eachModel(trees, (model) => {
      const bytesOfTrees = new TextEncoder().encode(JSON.stringify(treesFile(model)));
      return decodeEngineFile(bytesOfTrees).model;
    });
  };
  const { trees, levelTrees, residualTrees } = file.model;
  return {
    ...file,
    model: {
      ...file.model,
      trees: decoded(trees),
      levelTrees: decoded(levelTrees),
      residualTrees: decoded(residualTrees),
    },
  };
}

/** Trees with their models, of values and of effects, changed. */
function eachModel(trees: ForecastTrees, change: (model: AdditiveModel) => AdditiveModel): ForecastTrees {
  const { model, effects } = trees;
  return { ...trees, model: change(model), ...(effects && { effects: change(effects) }) };
}

/** The trees as an engine file of their own, so that there is one way to write a model. */
function treesFile(model: EngineFile['model']): EngineFile {
  const preparation = {
    task: 'regression' as const,
    target: '',
    classes: [],
    inputs: [],
    features: [],
    dropped: [],
    leakage: [],
  };
  return { format: 1, preparation, model, decision: { threshold: 0.5 } };
}

function parse(bytes: Uint8Array): ForecastFile {
  try {
    return JSON.parse(text(bytes)) as ForecastFile;
  } catch (cause) {
    throw fail('bundle.invalid', { reason: 'forecast.json is not JSON' }, { cause });
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
