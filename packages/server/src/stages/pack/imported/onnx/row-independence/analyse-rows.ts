import type { RowAnalysis } from '../../model.ts';
import {
  decodeOutline,
  type RawAttribute,
  type RawFunction,
  type RawModel,
  type RawNode,
} from '../outline-schema.ts';
import { constantTensor } from './constants.ts';
import { type Dim, fixedDim, isSame, ROWS, symbolDim } from './dimension.ts';
import { Operation } from './operation.ts';
import { CONTROL_FLOW, RANDOM, ruleOf, WHY_NOT } from './rules/rules.ts';
import { fixedTensor, listOf, type MixedReason, type Traced, Unproven } from './traced-tensor.ts';

/** What one analysis goes through at most: nodes of all functions written out. */
const MOST_STEPS = 200_000;
/** Writers give nodes in order; how often a list that is not is gone through for what has become ready. */
const MOST_PASSES = 100;

/**
 * Follows the rows of a model's inputs (their first axis) through its graph, operator by operator. Nothing is run: a model is
 * called independent only where every operator on the way is known to keep rows apart, whatever the values; operators that are not
 * known, control flow and operators of other domains are not.
 *
 * @param model bytes that `readOutline` took
 */
export function analyseRows(model: Uint8Array): RowAnalysis {
  const raw = decodeOutline(model);
  return new RowTracer(raw).analyse();
}

/** By name; an optional input that a function is called without is undefined. */
type Values = Map<string, Traced | undefined>;

class RowTracer {
  readonly #model: RawModel;
  readonly #functions: ReadonlyMap<string, RawFunction>;
  #symbols = 0;
  #steps = 0;

  constructor(model: RawModel) {
    this.#model = model;
    this.#functions = new Map(
      model.functions.map((each) => [keyOf(each.domain, each.name, each.overload), each]),
    );
  }

  analyse(): RowAnalysis {
    const graph = this.#model.graph!;
    const values: Values = new Map(graph.initializer.map((tensor) => [tensor.name, constantTensor(tensor)]));
    for (const { values: sparse } of graph.sparseInitializer) values.set(sparse?.name ?? '', fixedTensor());
    const inputs = graph.input.filter(({ name }) => !values.has(name));
    if (inputs.length === 0) return { independent: false, reason: 'the model takes no input' };
    for (const { name, type } of inputs) {
      const dims = type?.tensorType?.shape?.dim;
      const reason = openRows(dims);
      if (reason !== undefined) return { independent: false, reason: `the input "${shown(name)}" ${reason}` };
      const sizes = dims!.map(({ dimValue = 0, dimParam = '' }, axis) =>
        axis === 0
          ? ROWS
          : dimParam !== '' || dimValue <= 0
            ? symbolDim(`${name}:${axis}`)
            : fixedDim(dimValue),
      );
      values.set(name, { is: 'rows', dims: sizes, axis: 0 });
    }
    this.#walk(graph.node, values, opsetOf(this.#model.opsetImport), new Map());
    for (const { name, type } of graph.output) {
      if (type?.tensorType == null) continue;
      const found = judge(name, values.get(name));
      if (!found.independent) return found;
    }
    return { independent: true };
  }

  #walk(
    nodes: readonly RawNode[],
    values: Values,
    opset: number,
    given: ReadonlyMap<string, RawAttribute>,
  ): void {
    for (const node of inOrder(nodes, values)) {
      const outputs = this.#outputsOf(node, values, opset, given);
      for (const [i, name] of node.output.entries()) if (name !== '') values.set(name, outputs(i));
    }
  }

  #outputsOf(
    node: RawNode,
    values: Values,
    opset: number,
    given: ReadonlyMap<string, RawAttribute>,
  ): (output: number) => Traced {
    const mixed = (reason: string) => () => mixedBy(node, reason);
    if (++this.#steps > MOST_STEPS) return mixed('lies behind more nodes than are analysed');
    const stray = node.input.find((name) => name !== '' && !values.has(name));
    if (stray !== undefined) return mixed(`takes "${shown(stray)}", which nothing makes`);
    const inputs = node.input.map((name) => values.get(name));
    const before = inputs.find((tensor) => tensor?.is === 'mixed');
    if (before !== undefined) return () => before;
    const { opType, domain } = node;
    const attributes = node.attribute.flatMap((each) => resolved(each, given));
    const called = this.#functions.get(keyOf(domain, opType, node.overload));
    if (called !== undefined) {
      const body = this.#call(called, inputs, attributes);
      return (at) => body(at) ?? mixedBy(node, 'calls a function that does not give this output');
    }
    if (CONTROL_FLOW.has(opType)) return mixed('is control flow, whose graphs are not analysed');
    if (RANDOM.has(opType)) return mixed('draws random numbers');
    const isFixed = inputs.every((tensor) => tensor === undefined || tensor.is === 'fixed');
    const rule = opType === 'Constant' ? constant : ruleOf(domain, opType);
    if (rule === undefined) {
      if (isFixed && isStandard(domain)) return () => fixedTensor();
      return mixed(
        WHY_NOT.get(opType) ?? `is not analysed${isStandard(domain) ? '' : ` (domain ${domain})`}`,
      );
    }
    try {
      const fresh = (): Dim => symbolDim(`?${++this.#symbols}`);
      const answered = rule(new Operation(node, attributes, inputs, { opset, fresh }));
      const all = Array.isArray(answered) ? (answered as Traced[]) : [answered as Traced];
      return (output) =>
        all[output] ?? (isFixed ? fixedTensor() : mixedBy(node, 'gives an output that is not analysed'));
    } catch (error) {
      if (isFixed) return () => fixedTensor();
      // A graph may lack inputs that an operator has by its definition, or give them other shapes.
      return mixed(error instanceof Unproven ? error.message : 'is written as its definition does not say');
    }
  }

  /** The body of a function with what it is called with. */
  #call(
    { input, output, node, opsetImport, attributeProto }: RawFunction,
    inputs: readonly (Traced | undefined)[],
    attributes: readonly RawAttribute[],
  ): (output: number) => Traced | undefined {
    const values: Values = new Map();
    for (const [i, name] of input.entries()) values.set(name, inputs[i]);
    const given = new Map([...attributeProto, ...attributes].map((each) => [each.name, each]));
    this.#walk(node, values, opsetOf(opsetImport), given);
    return (at) => values.get(output[at] ?? '');
  }
}

/** An attribute of a function's node may be that of the call. */
function resolved(attribute: RawAttribute, given: ReadonlyMap<string, RawAttribute>): RawAttribute[] {
  if (attribute.refAttrName === '') return [attribute];
  const found = given.get(attribute.refAttrName);
  return found === undefined ? [] : [{ ...found, name: attribute.name }];
}

const constant = (operation: Operation): Traced => {
  const tensor = operation.constant('value');
  if (tensor !== undefined) return constantTensor(tensor);
  if (operation.has('value_int'))
    return { is: 'fixed', dims: [], items: [fixedDim(operation.int('value_int', 0))] };
  const whole = operation.ints('value_ints');
  if (operation.has('value_ints')) return listOf((whole ?? []).map(fixedDim));
  const numbers = operation.floats('value_floats');
  if (operation.has('value_floats'))
    return { is: 'fixed', dims: [fixedDim(numbers?.length ?? 0)], items: undefined, numbers: numbers ?? [] };
  const isSingle = operation.has('value_float') || operation.has('value_string');
  return fixedTensor(isSingle ? [] : undefined);
};

/** Nodes in an order in which all that each takes is there; `readOutline` has seen that there is one. */
function* inOrder(nodes: readonly RawNode[], values: Values): Generator<RawNode> {
  const made = new Set(nodes.flatMap(({ output }) => output));
  let left = [...nodes];
  for (let pass = 0; left.length > 0 && pass < MOST_PASSES; pass++) {
    const waiting: RawNode[] = [];
    for (const node of left) {
      const isReady = node.input.every((name) => name === '' || values.has(name) || !made.has(name));
      if (isReady) yield node;
      else waiting.push(node);
    }
    if (waiting.length === left.length) return;
    left = waiting;
  }
}

type RawDims = NonNullable<
  NonNullable<NonNullable<RawModel['graph']>['input'][number]['type']>['tensorType']
>['shape'];

/** Why an input has no rows on its first axis; undefined where it has. */
function openRows(dims: NonNullable<RawDims>['dim'] | undefined): string | undefined {
  if (dims === undefined) return 'has no known number of axes';
  const [first] = dims;
  if (first === undefined) return 'has no axis for rows';
  const isOpen = (first.dimParam ?? '') !== '' || (first.dimValue ?? 0) <= 0;
  return isOpen ? undefined : `takes ${first.dimValue} rows, no more and no less`;
}

function judge(name: string, tensor: Traced | undefined): RowAnalysis {
  const output = `the output "${shown(name)}"`;
  if (tensor === undefined) return { independent: false, reason: `${output} is not analysed` };
  if (tensor.is === 'mixed') {
    const { operator, node, reason } = tensor.because;
    const named = node === '' ? '' : ` (node "${node}")`;
    return { independent: false, reason: `${operator}${named} ${reason}`, operator, node };
  }
  if (tensor.is !== 'rows') return { independent: false, reason: `${output} has no axis for rows` };
  if (tensor.axis !== 0)
    return { independent: false, reason: `${output} has its rows on axis ${tensor.axis} instead of 0` };
  if (!isSame(tensor.dims[0]!, ROWS))
    return { independent: false, reason: `${output} has several rows for one of the inputs` };
  return { independent: true };
}

function mixedBy({ opType, name }: RawNode, reason: string): Traced {
  const because: MixedReason = { operator: shown(opType), node: shown(name), reason };
  return { is: 'mixed', because };
}

function isStandard(domain: string): boolean {
  return domain === '' || domain.startsWith('ai.onnx');
}

function opsetOf(imports: readonly { domain: string; version: number }[]): number {
  return imports.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);
}

function shown(name: string): string {
  return name.replaceAll(/[\p{Cc}"]/gu, ' ').slice(0, 100);
}
