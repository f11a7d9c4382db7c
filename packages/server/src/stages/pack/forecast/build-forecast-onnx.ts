import { type InputColumn, missingWordsOf } from '../../prepare/index.ts';
import { type ForecastModel, intervalsOf, timesAhead } from '../../train/index.ts';
import { cast } from '../onnx/feature-nodes.ts';
import { type GraphBuilder, ML_DOMAIN, newGraphBuilder } from '../onnx/graph-builder.ts';
import { addInputColumns } from '../onnx/input-columns.ts';
import { attribute, doubleTensor, int64Tensor } from '../onnx/tensors.ts';
import type { ForecastFile } from './forecast-file.ts';
import { type ForecastNames, forecastNames } from './forecast-names.ts';

/**
 * Builds the ONNX graph of a forecast: a look-up of what was forecast when the model was made.
 *
 * Takes a rank-1 tensor [N] per input column as every other bundle does; gives `value` [N] and for each level of
 * intervals `lower_<percent>` and `upper_<percent>`, all double, NaN for a time or series that is not in the table.
 * Columns known in advance are taken and not looked at: the table holds what the training file told of them.
 */
export function buildForecastOnnx(
  file: ForecastFile,
  names: ForecastNames = forecastNames(file),
): Uint8Array {
  const { inputs, seriesColumns, model } = file;
  const graph = newGraphBuilder([...names.inputs, names.value, ...names.bounds]);
  const columns = addInputColumns(graph, inputs, names);
  const [time, ...rest] = inputs.map(({ name }) => columns.get(name)!);
  const series = seriesIndex(
    graph,
    file,
    inputs.slice(1, 1 + seriesColumns),
    rest.slice(0, seriesColumns),
    time!,
  );
  const place = placeInTable(graph, model, time!, series);
  const tables = tablesOf(file);
  [names.value, ...names.bounds].forEach((name, i) => {
    addLookUp(graph, tables[i]!, place, name);
  });
  return graph.finish('slipway', {
    'slipway.task': 'forecast',
    'slipway.target': file.target,
    'slipway.horizon': String(model.horizon),
  });
}

/** `[index of the series]` of each row, -1 where there is none. */
function seriesIndex(
  graph: GraphBuilder,
  { model, missingWords }: ForecastFile,
  inputs: readonly InputColumn[],
  columns: readonly string[],
  time: string,
): string {
  if (inputs.length === 0) {
    // As many zeros as there are rows: the one series of the table.
    const any = cast(graph, time, 'int64');
    return graph.node('Sub', [any, any]);
  }
  const levels = inputs.map((_, which) => [...new Set(model.series.map(({ key }) => key[which]!))]);
  const words = missingWordsOf({ missingWords }, new Set(levels.flat().map(String)));
  const codes = columns.map((column, which) => encode(graph, inputs[which]!, levels[which]!, column, words));
  const combined = codes.reduce((sum, code, which) => {
    const scaled = graph.node('Mul', [sum, int64(graph, levels[which]!.length)]);
    return graph.node('Add', [scaled, code]);
  });
  const known = codes.map((code) => graph.node('GreaterOrEqual', [code, int64(graph, 0)]));
  const allKnown = known.reduce((all, one) => graph.node('And', [all, one]));
  const safe = graph.node('Where', [allKnown, combined, int64(graph, 0)]);
  const found = graph.node('Gather', [graph.constant(int64Tensor(combinations(model, levels))), safe]);
  return graph.node('Where', [allKnown, found, int64(graph, -1)]);
}

/** The series of each combination of codes, -1 where there is none. */
function combinations(model: ForecastModel, levels: readonly (string | number)[][]): number[] {
  const table = new Array<number>(levels.reduce((product, { length }) => product * length, 1)).fill(-1);
  const codes = levels.map((values) => new Map(values.map((value, code) => [value, code])));
  model.series.forEach(({ key }, index) => {
    const place = key.reduce<number>(
      (sum, value, which) => sum * levels[which]!.length + codes[which]!.get(value)!,
      0,
    );
    table[place] = index;
  });
  return table;
}

function encode(
  graph: GraphBuilder,
  { type }: InputColumn,
  levels: readonly (string | number)[],
  column: string,
  missingWords: readonly string[],
): string {
  const codes = levels.map((_, code) => code);
  const otherwise = attribute.int('default_int64', -1);
  if (type === 'string') {
    // A series without a name is that of the empty text, and so is one that is named by a missing-value word.
    const unnamed = levels.indexOf('');
    const words = unnamed < 0 ? [] : missingWords;
    const keys = attribute.strings('keys_strings', [...levels.map(String), ...words]);
    const all = attribute.ints('values_int64s', [...codes, ...words.map(() => unnamed)]);
    return graph.node('LabelEncoder', [column], [keys, all, otherwise], { domain: ML_DOMAIN });
  }
  const values = attribute.ints('values_int64s', codes);
  const keys = attribute.ints('keys_int64s', levels.map(Number));
  const whole = cast(graph, column, 'int64');
  return graph.node('LabelEncoder', [whole], [keys, values, otherwise], { domain: ML_DOMAIN });
}

type Place = { index: string; isKnown: string };

/** Where each row's forecast lies in a table of `horizon` steps a series. */
function placeInTable(graph: GraphBuilder, model: ForecastModel, time: string, series: string): Place {
  const { horizon, frequency } = model;
  const firsts = model.series.map(({ end, recent }) => end + recent.length + 1);
  const [least, most] = [minimum(firsts), -minimum(firsts.map((first) => -first)) + horizon - 1];
  const times = timesAhead(frequency, least, most - least + 1);
  const position = graph.node(
    'LabelEncoder',
    [cast(graph, time, 'int64')],
    [
      attribute.ints(
        'keys_int64s',
        times.map(({ time }) => time),
      ),
      attribute.ints(
        'values_int64s',
        times.map(({ ahead }) => ahead),
      ),
      attribute.int('default_int64', -1),
    ],
    { domain: ML_DOMAIN },
  );
  const isSeries = graph.node('GreaterOrEqual', [series, int64(graph, 0)]);
  const safeSeries = graph.node('Where', [isSeries, series, int64(graph, 0)]);
  const first = graph.node('Gather', [
    graph.constant(int64Tensor(firsts.map((step) => step - least))),
    safeSeries,
  ]);
  const ahead = graph.node('Sub', [position, first]);
  const conditions = [
    isSeries,
    graph.node('GreaterOrEqual', [position, int64(graph, 0)]),
    graph.node('GreaterOrEqual', [ahead, int64(graph, 0)]),
    graph.node('Less', [ahead, int64(graph, horizon)]),
  ];
  const isKnown = conditions.reduce((all, one) => graph.node('And', [all, one]));
  const row = graph.node('Mul', [safeSeries, int64(graph, horizon)]);
  const index = graph.node('Where', [isKnown, graph.node('Add', [row, ahead]), int64(graph, 0)]);
  return { index, isKnown };
}

function addLookUp(
  graph: GraphBuilder,
  table: readonly number[],
  { index, isKnown }: Place,
  output: string,
): void {
  const found = graph.node('Gather', [graph.constant(doubleTensor(table)), index]);
  const none = graph.constant(doubleTensor([Number.NaN], []));
  graph.node('Where', [isKnown, found, none], [], { output });
  graph.output(output, 'double');
}

/** Values, then lower and upper bounds of each level, series after series. */
function tablesOf({ model, table }: ForecastFile): number[][] {
  const intervals = model.series.map((series, which) =>
    intervalsOf(model, series, Float64Array.from(table.values[which]!)),
  );
  const bounds = model.intervals.flatMap((_, level) => [
    intervals.flatMap((one) => [...one[level]!.lower]),
    intervals.flatMap((one) => [...one[level]!.upper]),
  ]);
  return [table.values.flat(), ...bounds];
}

function int64(graph: GraphBuilder, value: number): string {
  return graph.constant(int64Tensor([value], []));
}

function minimum(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}
