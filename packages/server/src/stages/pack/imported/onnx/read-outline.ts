import { fail, type SlipwayError } from '@slipway/contract';
import {
  type Dimension,
  ELEMENT_TYPES,
  type ElementType,
  NEWEST_RUN,
  type OnnxOutline,
  type TensorSpec,
} from '../model.ts';
import { checkGraph } from './check-graph.ts';
import { optionalInputs } from './optional-inputs.ts';
import {
  decodeOutline,
  type RawGraph,
  type RawModel,
  type RawType,
  type RawValue,
} from './outline-schema.ts';
import { ONNX_LIMITS, scanOnnx } from './scan-onnx.ts';

const OLDEST_OPSET = 7;

/** Values of one tensor that is given or answered, where every axis is fixed. */
const MOST_VALUES = 2 ** 30;

/**
 * What an ONNX model takes and gives, read from its bytes by ourselves, before any runtime sees them.
 *
 * Throws `model.not-onnx`, `model.refused` and `model.custom-operators`.
 */
export function readOutline(model: Uint8Array, file: string, maxNodes?: number): OnnxOutline {
  scanOnnx(model, file, maxNodes);
  const raw = decode(model, file);
  const refused = (reason: string) => fail('model.refused', { file, reason });
  const { graph } = raw;
  if (graph === null || graph.node.length + graph.output.length === 0) {
    throw fail('model.not-onnx', { file, reason: 'it has no graph' });
  }
  const opsets = opsetsOf(raw, refused);
  const nodes = checkGraph(raw, graph, file, maxNodes);
  return {
    irVersion: raw.irVersion,
    producer: [raw.producerName, raw.producerVersion].filter(Boolean).join(' ').slice(0, 200),
    opsets,
    nodes,
    parameters: graph.initializer.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0),
    ...signatureOf(graph, optionalInputs(raw), refused),
  };
}

function decode(model: Uint8Array, file: string): RawModel {
  try {
    return decodeOutline(model);
  } catch (cause) {
    throw fail('model.not-onnx', { file, reason: 'its bytes are none' }, { cause });
  }
}

function opsetsOf(raw: RawModel, refused: (reason: string) => SlipwayError): Record<string, number> {
  if (raw.irVersion < 3 || raw.irVersion > NEWEST_RUN.ir)
    throw refused(
      `its IR version is ${raw.irVersion}; the runtime reads 3 to ${NEWEST_RUN.ir}. Set it before saving, where the operators are older: model.ir_version = ${NEWEST_RUN.ir}; onnx.save(model, path)`,
    );
  const opsets = new Map(raw.opsetImport.map(({ domain, version }) => [domain || 'ai.onnx', version]));
  const standard = opsets.get('ai.onnx');
  if (standard !== undefined && (standard < OLDEST_OPSET || standard > NEWEST_RUN.opset))
    throw refused(
      `its opset is ${standard}; the runtime knows ${OLDEST_OPSET} to ${NEWEST_RUN.opset}. Write it again: onnx.save(onnx.version_converter.convert_version(model, ${NEWEST_RUN.opset}), path)`,
    );
  return Object.fromEntries(opsets);
}

type Signature = Pick<OnnxOutline, 'inputs' | 'optional' | 'outputs' | 'leftOut'>;

function signatureOf(
  graph: RawGraph,
  optional: ReadonlySet<string>,
  refused: (reason: string) => SlipwayError,
): Signature {
  // Until IR version 4 every constant was an input as well, whose value may be given or not.
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const strange = inputs.find(({ type }) => kindOf(type) !== 'tensor');
  if (strange !== undefined)
    throw refused(`the input "${strange.name}" is ${kindOf(strange.type)}, and callers send tensors only`);
  const answered = graph.output.filter(({ type }) => kindOf(type) === 'tensor');
  if (answered.length === 0) throw refused('none of its outputs is a tensor');
  return {
    inputs: inputs.map((value) => specOf(value, 'input', refused)),
    optional: graph.input
      .filter(({ name, type }) => optional.has(name) && kindOf(type) === 'tensor')
      .map((value) => specOf(value, 'input', refused)),
    outputs: answered.map((value) => specOf(value, 'output', refused)),
    leftOut: graph.output
      .filter((value) => !answered.includes(value))
      .map(({ name, type }) => ({ name, is: kindOf(type) })),
  };
}

const KINDS: [keyof RawType, string][] = [
  ['sequenceType', 'a sequence'],
  ['mapType', 'a map'],
  ['opaqueType', 'an opaque value'],
  ['sparseTensorType', 'a sparse tensor'],
  ['optionalType', 'an optional value'],
];

function kindOf(type: RawType | null): string {
  const other = KINDS.find(([field]) => type?.[field] != null);
  if (other !== undefined) return other[1];
  return type?.tensorType == null ? 'of no type' : 'tensor';
}

const BY_NUMBER = new Map(
  Object.entries(ELEMENT_TYPES).map(([name, { onnx }]): [number, ElementType] => [onnx, name as ElementType]),
);

function specOf(
  { name, type }: RawValue,
  what: string,
  refused: (reason: string) => SlipwayError,
): TensorSpec {
  const { elemType, shape } = type!.tensorType!;
  const element = BY_NUMBER.get(elemType);
  if (element === undefined)
    throw refused(
      `the ${what} "${name}" holds values of type ${elemType}, which the runtime does not hand over`,
    );
  if (shape === null) return { name, type: element, shape: null };
  if (shape.dim.length > ONNX_LIMITS.axes)
    throw refused(`the ${what} "${name}" has ${shape.dim.length} axes; the limit is ${ONNX_LIMITS.axes}`);
  const dims = shape.dim.map(({ dimValue = 0, dimParam = '' }): Dimension => {
    if (dimValue < 0) throw refused(`the ${what} "${name}" has the size ${dimValue}`);
    return dimParam !== '' || dimValue === 0 ? dimParam.slice(0, 100) : dimValue;
  });
  const values = dims.reduce<number>(
    (product, size) => (typeof size === 'number' ? product * size : product),
    1,
  );
  if (values > MOST_VALUES) throw refused(`one row of the ${what} "${name}" has ${values} values`);
  return { name, type: element, shape: dims };
}
