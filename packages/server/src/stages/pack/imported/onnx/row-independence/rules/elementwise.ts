import { type Dim, hasBatch, isNatural, isOne, isSame, over, plus, sizeOfDim, times } from '../dimension.ts';
import type { Operation, Rule } from '../operation.ts';
import {
  axisOf,
  dimsOf,
  filledTensor,
  type Items,
  isBroadcast,
  knownTensor,
  needFixed,
  type Traced,
  tensorOf,
  Unproven,
} from '../traced-tensor.ts';

/** Each value is a function of the value at the same place; further inputs are parameters of one value. */
const UNARY =
  'Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Clip Cos Cosh Elu Erf Exp Floor Gelu HardSigmoid HardSwish IsInf IsNaN LeakyRelu Log Mish Neg Not Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu RegexFullMatch'.split(
    ' ',
  );

/** Each value is a function of the values at the same place of all inputs, by the rules of broadcasting. */
const BROADCASTING =
  'Add Sub Mul Div Pow Mod Max Min Mean Sum And Or Xor Equal Greater GreaterOrEqual Less LessOrEqual BitShift BitwiseAnd BitwiseOr BitwiseXor PRelu Where StringConcat'.split(
    ' ',
  );

const unary: Rule = (operation) => {
  needFixed('a parameter', ...operation.inputs.slice(1));
  return withoutItems(operation.inputs[0]);
};

/** The tensor with other values in it: of sizes nothing is known any more. */
export function withoutItems(tensor: Traced | undefined): Traced {
  const dims = dimsOf(tensor);
  if (tensor!.is === 'sizes') throw new Unproven('computes with the number of rows');
  return tensorOf(dims, axisOf(tensor));
}

/** Types of whole numbers in TensorProto. */
const WHOLE = new Set([6, 7]);

const cast: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const keepsItems = (tensor?.is === 'fixed' && tensor.numbers === undefined) || tensor?.is === 'sizes';
  if (keepsItems && WHOLE.has(operation.int('to', 0))) return tensor!;
  return withoutItems(tensor);
};

/** The shape that tensors broadcast to, with the axis of their rows. Throws {@link Unproven} where rows meet other rows. */
export function broadcast(operation: Operation, tensors: readonly (Traced | undefined)[]): Traced {
  const shapes = tensors.map(dimsOf);
  if (tensors.some((tensor) => tensor?.is === 'sizes'))
    throw new Unproven('computes with the number of rows');
  const rank = Math.max(...shapes.map(({ length }) => length));
  const axes = tensors.flatMap((tensor, i) =>
    tensor?.is === 'rows' ? [rank - shapes[i]!.length + tensor.axis] : [],
  );
  const [axis] = axes;
  if (axes.some((other) => other !== axis)) throw new Unproven('combines rows with each other');
  const dims = Array.from({ length: rank }, (_, at) => {
    const fromRight = rank - 1 - at;
    if (at !== axis) return joinedDim(operation, shapes, fromRight);
    return rowDim(tensors, shapes, fromRight);
  });
  return tensorOf(dims, axis);
}

function rowDim(
  tensors: readonly (Traced | undefined)[],
  shapes: readonly (readonly Dim[])[],
  fromRight: number,
): Dim {
  let rows: Dim | undefined;
  for (const [i, tensor] of tensors.entries()) {
    const dim = shapes[i]!.at(-1 - fromRight);
    if (tensor?.is !== 'rows') {
      if (!isBroadcast(shapes[i]!, fromRight))
        throw new Unproven('combines each row with another part of a constant');
    } else if (rows !== undefined && !isSame(rows, dim!))
      throw new Unproven('combines tensors of different numbers of rows');
    else rows = dim;
  }
  return rows!;
}

function joinedDim(operation: Operation, shapes: readonly (readonly Dim[])[], fromRight: number): Dim {
  const open = shapes.flatMap((dims) => dims.at(-1 - fromRight) ?? []).filter((dim) => !isOne(dim));
  const [first] = open;
  if (first === undefined) return shapes.flatMap((dims) => dims.at(-1 - fromRight) ?? [])[0]!;
  if (open.some(hasBatch)) throw new Unproven('combines rows with each other');
  const size = open.find((dim) => sizeOfDim(dim) !== undefined);
  if (size !== undefined) return size;
  return open.every((dim) => isSame(dim, first)) ? first : operation.fresh();
}

const broadcasting: Rule = (operation) => {
  const items = itemsOf(operation);
  return items ?? broadcast(operation, operation.inputs);
};

/** What is computed of shapes, item by item; undefined where the tensors are none. */
function itemsOf({ opType, inputs }: Operation): Traced | undefined {
  const lists = inputs.map((tensor) =>
    tensor?.is === 'sizes' || (tensor?.is === 'fixed' && tensor.numbers === undefined)
      ? tensor.items
      : undefined,
  );
  const compute = ON_ITEMS.get(opType);
  if (compute === undefined || lists.some((items) => items === undefined)) return undefined;
  const shapes = inputs.map(dimsOf);
  if (shapes.some(({ length }) => length > 1)) return undefined;
  const count = Math.max(...lists.map((items) => items!.length));
  if (lists.some((items) => items!.length !== count && items!.length !== 1)) return undefined;
  const items = Array.from({ length: count }, (_, i) => {
    const at = lists.map((list) => list![list!.length === 1 ? 0 : i]);
    const item = at.every((each) => each !== undefined) ? compute(at as Dim[]) : undefined;
    const isOpen = at.some((each) => each !== undefined && hasBatch(each));
    if (item === undefined && isOpen) throw new Unproven('computes with the number of rows');
    return item;
  });
  const widest = shapes.find(({ length }) => length === Math.max(...shapes.map((dims) => dims.length)))!;
  return knownTensor(widest.length === 0 ? [] : [{ factor: count, symbols: [] }], items);
}

const no = { factor: 0, symbols: [] };
const yes = { factor: 1, symbols: [] };

/** Whether sizes are equal: of a size and a number below 0 they never are. */
function equality(left: Dim, right: Dim): Dim | undefined {
  if (isSame(left, right)) return yes;
  const [a, b] = [sizeOfDim(left), sizeOfDim(right)];
  if (a !== undefined && b !== undefined) return no;
  const isBelow = (x: number | undefined, y: Dim) => x !== undefined && x < 0 && isNatural(y);
  return isBelow(a, right) || isBelow(b, left) ? no : undefined;
}

/** Of known numbers. */
function ofNumbers(items: readonly Dim[], compute: (...numbers: number[]) => number): Dim | undefined {
  const numbers = items.map(sizeOfDim);
  if (numbers.some((number) => number === undefined)) return undefined;
  const result = compute(...(numbers as number[]));
  return Number.isSafeInteger(result) ? { factor: result, symbols: [] } : undefined;
}

type OnItems = (items: readonly Dim[]) => Dim | undefined;

const ON_ITEMS = new Map(
  Object.entries<OnItems>({
    Add: ([a, b]) => plus(a!, b!),
    Sub: ([a, b]) => plus(a!, times(b!, { factor: -1, symbols: [] })),
    Mul: (items) => times(...items),
    Div: ([a, b]) => over(a!, b!) ?? ofNumbers([a!, b!], (x, y) => Math.trunc(x! / y!)),
    Mod: ([a, b]) => ofNumbers([a!, b!], (x, y) => x! - y! * Math.floor(x! / y!)),
    Min: (items) => ofNumbers(items, Math.min),
    Max: (items) => ofNumbers(items, Math.max),
    Equal: ([a, b]) => equality(a!, b!),
    Where: ([condition, a, b]) => {
      const value = sizeOfDim(condition!);
      return value === undefined ? undefined : value === 0 ? b : a;
    },
  }),
);

const same: Rule = ({ inputs: [tensor] }) => (tensor === undefined ? [] : tensor);

/** In training mode it drops values at random. */
const dropout: Rule = (operation) => {
  const training = operation.inputs[2];
  const isOff =
    training === undefined ||
    (training.is === 'fixed' && training.items?.every((item) => item?.factor === 0));
  if (!isOff) throw new Unproven('drops values at random where it trains');
  const [tensor] = operation.inputs;
  return [tensor!, withoutItems(tensor)];
};

/** The scale is one for all, or one for each place of an axis that is not the rows'. */
const quantized: Rule = (operation) => {
  const [tensor, ...scales] = operation.inputs;
  needFixed('a scale', ...scales);
  const dims = dimsOf(tensor);
  const axis = axisOf(tensor);
  const single = scales.every((scale) => scale === undefined || dimsOf(scale).every(isOne));
  if (!single && axis !== undefined && operation.axis('axis', 1, dims.length) === axis)
    throw new Unproven('scales each row by another number');
  return tensorOf(dims, axis);
};

/** A tensor of the sizes that the input holds. */
const constantOfShape: Rule = (operation) => {
  const [shape] = operation.inputs;
  if (shape?.is !== 'fixed' && shape?.is !== 'sizes')
    throw new Unproven('makes a tensor of sizes that depend on rows');
  if (shape.items === undefined) return { is: 'fixed', dims: undefined, items: undefined };
  const dims = shape.items.map((item) => item ?? operation.fresh());
  const made = filledTensor(dims);
  const count = dims.length === 1 ? sizeOfDim(dims[0]!) : undefined;
  const value = operation.constant('value');
  if (count === undefined || count > 64 || !WHOLE.has(value?.dataType ?? 1)) return made;
  const filling: Items = new Array(count).fill({ factor: fillingOf(value!), symbols: [] });
  return knownTensor(dims, filling);
};

function fillingOf({
  rawData,
  int64Data,
  int32Data,
  dataType,
}: NonNullable<ReturnType<Operation['constant']>>) {
  if (rawData.length === 0) return int64Data[0] ?? int32Data[0] ?? 0;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return dataType === 7 ? Number(view.getBigInt64(0, true)) : view.getInt32(0, true);
}

export const ELEMENTWISE: Record<string, Rule> = {
  ...Object.fromEntries(UNARY.map((name) => [name, unary])),
  ...Object.fromEntries(BROADCASTING.map((name) => [name, broadcasting])),
  Cast: cast,
  CastLike: (operation) => withoutItems(operation.inputs[0]),
  Identity: same,
  Dropout: dropout,
  QuantizeLinear: quantized,
  DequantizeLinear: quantized,
  ConstantOfShape: constantOfShape,
};
