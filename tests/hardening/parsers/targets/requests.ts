import {
  rowsOfInstances,
  rowsOfTensorInstances,
} from '../../../../packages/server/src/inference/dialects/instances.ts';
import { castRows } from '../../../../packages/server/src/inference/dialects/mlflow/cast-rows.ts';
import { csvText, readCsv } from '../../../../packages/server/src/inference/dialects/mlflow/read-csv.ts';
import { readFrame } from '../../../../packages/server/src/inference/dialects/mlflow/read-frame.ts';
import { tensorsOfRows } from '../../../../packages/server/src/inference/dialects/slipway/tensor-rows.ts';
import {
  readInferRequest,
  readInferTensors,
} from '../../../../packages/server/src/inference/dialects/v2/read-infer.ts';
import {
  loneTensor,
  tensorsOf,
  toldTensors,
} from '../../../../packages/server/src/inference/dialects/v2/tensors.ts';
import { parsePythonJson, readText } from '../../../../packages/server/src/inference/read-json.ts';
import { exactJson } from '../../../../packages/server/src/kernel/index.ts';
import { decodeValues, type Tensor } from '../../../../packages/server/src/stages/pack/index.ts';
import type { RowColumns } from '../../../../packages/server/src/stages/prepare/index.ts';
import { type Cell, compileRowReader } from '../../../../packages/server/src/stages/serve/read-row.ts';
import { spec, tensorManifest } from '../../../../packages/server/src/testing/tensor-manifest.ts';
import { hold, type ParserTarget, same, taken } from '../target.ts';

const MOST_ROWS = 1_000;
const INFER_LENGTH = 2;

const COLUMNS: RowColumns = {
  inputs: [
    {
      name: 'amount',
      type: 'number',
      nullable: true,
      reading: { as: 'number', decimal: ',', thousands: '.' },
    },
    { name: 'country', type: 'string', nullable: true },
    { name: 'express', type: 'boolean', nullable: false },
    {
      name: 'day',
      type: 'timestamp',
      nullable: true,
      reading: { as: 'timestamp', formats: ['%d.%m.%Y'], order: 'dmy', timeZone: 'Europe/Berlin' },
    },
  ],
  others: [
    { name: '__proto__', type: 'string' },
    { name: 'target', type: 'number' },
  ],
  missingWords: ['NA', 'null'],
};

const MANIFEST = tensorManifest({
  inputs: [spec('x', 'float32', ['rows', 2]), spec('n', 'int64', ['rows']), spec('text', 'string', ['rows'])],
  optional: [spec('flag', 'bool', ['rows', 'width'])],
});

const readRow = compileRowReader(COLUMNS);

/** Cells are of their type, or missing. */
function checkRows(rows: readonly unknown[]): void {
  for (const [i, row] of rows.entries()) {
    const cells: Cell[] = [];
    const read = taken(() => readRow(row, i, cells));
    if (read === undefined) continue;
    const [amount, country, express, day] = cells;
    hold(amount === null || Number.isFinite(amount), 'a number is finite or missing');
    hold(country === null || typeof country === 'string', 'a text is a text or missing');
    hold(express === null || typeof express === 'boolean', 'a boolean is one or missing');
    hold(day === null || Number.isFinite(day), 'a time is a moment or missing');
    exactJson(row);
  }
}

const jsonOf = (input: Buffer) => parsePythonJson(readText(input));

const ROW_EXAMPLES = [
  '{"instances":[{"amount":12.5,"country":"PT","express":true,"day":"24.12.2025"},[1,"a",false,null]]}',
  '{"instances":[{"amount":9007199254740993,"target":{"deep":[1]},"express":false}]}',
];
const ROW_WORDS = [
  ...[
    '"amount":',
    '"country":',
    '"express":',
    '"day":',
    '"target":',
    '"__proto__":',
    '"toString":1',
    '"valueOf":{}',
  ],
  ...['null', 'NaN', '-Infinity', '"NA"', '"1.234,5"', '"2026-02-30"', '9007199254740993', '[]', '{}', ','],
];

/** JSON, then a NUL and bytes: where the NUL stands is the length that the header tells. */
function inferParts(input: Buffer): { body: Buffer; headerLength: string | undefined } {
  const end = input.indexOf(0);
  if (end < 0) return { body: input, headerLength: undefined };
  return {
    body: Buffer.concat([input.subarray(0, end), input.subarray(end + 1)]),
    headerLength: String(end),
  };
}

const FLOATS = Buffer.from(Float64Array.of(1.5, Number.NaN).buffer);
const INFER_EXAMPLES = [
  '{"id":"a","inputs":[{"name":"amount","datatype":"FP64","shape":[2],"data":[1.5,NaN]},{"name":"express","datatype":"BOOL","shape":[2,1],"data":[[true],[false]]}],"outputs":[{"name":"prediction"}]}',
  Buffer.concat([
    Buffer.from(
      '{"inputs":[{"name":"amount","datatype":"FP64","shape":[2],"parameters":{"binary_data_size":16}},{"name":"country","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":11}}],"parameters":{"binary_data_output":true,"timeout":5000000}}\0',
    ),
    FLOATS,
    Buffer.from([2, 0, 0, 0, 0x50, 0x54, 1, 0, 0, 0, 0x65]),
  ]),
  '{"inputs":[{"name":"all","datatype":"BYTES","shape":[1,4],"data":["1.234,5","PT","true","24.12.2025"]}]}',
];
const INFER_WORDS = [
  ...[
    '"name":',
    '"datatype":',
    '"shape":',
    '"data":',
    '"parameters":',
    '"binary_data_size":',
    '{"toString":1}',
  ],
  ...[
    '{"valueOf":1,"toString":[]}',
    '"FP32"',
    '"INT64"',
    '"BYTES"',
    '"FP16"',
    '"BF16"',
    '[0]',
    '[2,2]',
    '[-1]',
  ],
  ...['"classification":1', '"prediction_id":true', '9007199254740993', 'null', '\0'],
];
const TENSOR_EXAMPLES = [
  '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]},{"name":"n","datatype":"INT64","shape":[1],"data":[9007199254740993]},{"name":"text","datatype":"BYTES","shape":[1],"data":["é"]}],"outputs":[{"name":"x"}]}',
  Buffer.concat([
    Buffer.from(
      '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"parameters":{"binary_data_size":8}},{"name":"n","datatype":"INT64","shape":[1],"parameters":{"binary_data_size":8}},{"name":"text","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":6}}]}\0',
    ),
    Buffer.alloc(16, 1),
    Buffer.from([2, 0, 0, 0, 0xc3, 0xa9]),
  ]),
];

function checkInfer(input: Buffer): void {
  const { body, headerLength } = inferParts(input);
  const read = taken(() => readInferRequest(body, headerLength, COLUMNS, MOST_ROWS));
  if (read === undefined) return;
  hold(read.value.rows.length <= MOST_ROWS, 'there are no more rows than are allowed');
  checkRows(read.value.rows);
}

/** Tensors have as many bytes as their shapes say, and are told. */
function checkTensors(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) {
    const values = tensor.shape.reduce((product, size) => product * size, 1);
    same(decodeValues(tensor).length, values, 'a tensor has as many values as its shape says');
  }
  toldTensors(tensors, undefined, false);
}

function checkInferTensors(input: Buffer): void {
  const { body, headerLength } = inferParts(input);
  taken(() => {
    const sent = readInferTensors(body, headerLength);
    if (sent === undefined) return;
    checkTensors(
      tensorsOf(
        sent.tensors.map(({ bytes, data, ...rest }) => ({ ...rest, bytes, data })),
        MANIFEST,
      ),
    );
  });
}

/** The first bytes choose the tensor that the body is. */
function checkLoneTensor(input: Buffer): void {
  const shapes = [['rows'], ['rows', 2], [2, 'width'], ['a', 'b'], [0, 'width'], null];
  const types = ['float32', 'string', 'int64', 'bool', 'float16'] as const;
  const [type, shape] = [types[(input[0] ?? 0) % types.length]!, shapes[(input[1] ?? 0) % shapes.length]!];
  taken(() => checkTensors([loneTensor(input.subarray(INFER_LENGTH), [spec('x', type, shape)])]));
}

export const requestTargets: ParserTarget[] = [
  {
    name: 'rows',
    examples: ROW_EXAMPLES,
    words: ROW_WORDS,
    check: (input) => taken(() => checkRows(rowsOfInstances(jsonOf(input), COLUMNS.inputs, MOST_ROWS))),
  },
  {
    name: 'tensor-rows',
    examples: [
      '{"instances":[{"x":[1,2],"n":3,"text":"a"},{"x":[[1,2]],"n":[9007199254740993],"text":"é"}]}',
      '{"instances":[{"x":[1.5,-2],"n":-9223372036854775808,"text":""}]}',
    ],
    words: [
      '"x":',
      '"n":',
      '"text":',
      '[1,2]',
      '[[',
      '{}',
      '"toString":1',
      '9223372036854775808',
      '1e39',
      'NaN',
    ],
    check: (input) =>
      taken(() => {
        const rows = rowsOfTensorInstances(jsonOf(input), MANIFEST.inputs, MOST_ROWS);
        checkTensors(tensorsOfRows(rows, MANIFEST, 'echo'));
      }),
  },
  {
    name: 'mlflow-frame',
    examples: [
      '{"dataframe_split":{"columns":["amount","express","day"],"data":[[1.5,true,"24.12.2025"],[null,0,"NA"]]}}',
      '{"dataframe_records":[{"amount":"1.234,5","express":"true"}],"params":{"a":1}}',
      '{"inputs":{"amount":[1,2],"express":[true,false],"country":["PT",1]}}',
      '{"instances":[{"country":9007199254740993}]}',
    ],
    words: [...ROW_WORDS, '"dataframe_split":', '"dataframe_records":', '"inputs":', '"columns":', '"data":'],
    check: (input) => taken(() => checkRows(castRows(readFrame(jsonOf(input), MOST_ROWS), COLUMNS))),
  },
  {
    name: 'mlflow-csv',
    examples: [
      'amount,country,express\n"1.234,5",PT,true\n,"a ""b""",false\r\n',
      '\ufeffamount;express;day\n1,5;true;24.12.2025\n',
      'country\n"a\nb"\n\n""\n',
    ],
    words: ['"', '""', ';', ',', '\t', '\r\n', '\r', '\n', 'amount', 'toString', '\ufeff'],
    check: (input) =>
      taken(() => {
        const options = { delimiter: ';', names: new Set(COLUMNS.inputs.map(({ name }) => name)) };
        const frame = readCsv(csvText(input), MOST_ROWS, options);
        for (const row of frame.rows) same((row as unknown[]).length, frame.columns!.length, 'rows are even');
        checkRows(castRows(frame, COLUMNS));
      }),
  },
  {
    name: 'v2-request',
    examples: INFER_EXAMPLES,
    words: INFER_WORDS,
    check: checkInfer,
  },
  {
    name: 'v2-tensors',
    examples: TENSOR_EXAMPLES,
    words: INFER_WORDS,
    check: checkInferTensors,
  },
  {
    name: 'v2-lone-tensor',
    examples: [Buffer.alloc(18, 1), Buffer.from('\x01\x01some text'), Buffer.from([2, 1, ...FLOATS])],
    check: checkLoneTensor,
  },
];
