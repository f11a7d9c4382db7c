import { type Dim, fixedDim, hasBatch, isSame, plus, sizeOfDim } from '../dimension.ts';
import { axisWithin, type Operation, type Rule } from '../operation.ts';
import {
  axisOf,
  dimsOf,
  knownTensor,
  listOf,
  needFixed,
  type Traced,
  tensorOf,
  Unproven,
} from '../traced-tensor.ts';
import { itemsOf } from './shape.ts';

/** Operators that pick values by place. */

/** What exporters write for "to the end". */
const TO_THE_END = 2 ** 31 - 1;

type Cut = { axis: number; start: number | undefined; end: number | undefined; step: number };

const slice: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const cuts = cutsOf(operation, dims);
  const items = itemsOf(tensor);
  if (items !== undefined && dims.length === 1 && cuts.length === 1) {
    const [{ start, end, step }] = cuts as [Cut];
    if (start !== undefined && end !== undefined && step === 1)
      return listOf(items.slice(start, end < 0 ? end : Math.min(end, items.length)));
  }
  if (tensor?.is === 'sizes') throw new Unproven('computes with the number of rows');
  const axis = axisOf(tensor);
  const cut = dims.map((dim, at) => {
    const found = cuts.find((each) => each.axis === at);
    if (found === undefined || isWhole(found)) return dim;
    if (at === axis) throw new Unproven('takes some of the rows');
    return cutDim(dim, found) ?? operation.fresh();
  });
  return tensorOf(cut, axis);
};

function isWhole({ start, end, step }: Cut): boolean {
  return start === 0 && end !== undefined && end >= TO_THE_END && step === 1;
}

function cutDim(dim: Dim, { start, end, step }: Cut): Dim | undefined {
  const size = sizeOfDim(dim);
  if (start === undefined || end === undefined || step < 1) return undefined;
  if (size === undefined) {
    if (step === 1 && start >= 0 && end >= TO_THE_END) return plus(dim, fixedDim(-start));
    return undefined;
  }
  const within = (at: number) => Math.min(size, Math.max(0, at < 0 ? at + size : at));
  return fixedDim(Math.max(0, Math.ceil((within(end) - within(start)) / step)));
}

/** Starts and ends may be sizes that are the same for all rows without being known; that is undefined then. */
function cutsOf(operation: Operation, dims: readonly Dim[]): Cut[] {
  const starts = bounds(operation, 'starts', 1);
  const ends = bounds(operation, 'ends', 2);
  const steps = operation.wholeNumbers('steps', 4);
  const axes =
    operation.wholeNumbers('axes', 3) ??
    Array.from({ length: starts?.length ?? ends?.length ?? dims.length }, (_, at) => at);
  return axes.map((axis, i) => ({
    axis: axisWithin(axis, dims.length),
    start: starts?.[i],
    end: ends?.[i],
    step: steps?.[i] ?? 1,
  }));
}

function bounds(operation: Operation, name: string, input: number): (number | undefined)[] | undefined {
  const attribute = operation.ints(name);
  if (attribute !== undefined) return attribute;
  const tensor = operation.inputs[input];
  needFixed('bounds', tensor);
  return itemsOf(tensor)?.map((item) => item && sizeOfDim(item));
}

const gather: Rule = (operation) => {
  const [data, indices] = operation.inputs;
  const shape = dimsOf(data);
  const places = dimsOf(indices);
  const axis = operation.axis('axis', 0, shape.length);
  const items = itemsOf(data);
  const at = indices?.is === 'fixed' ? itemsOf(indices)?.map((item) => item && sizeOfDim(item)) : undefined;
  if (items !== undefined && shape.length === 1 && at?.every((each) => each !== undefined) === true) {
    const found = at.map((each) => items.at(each!));
    return knownTensor(places.length === 0 ? [] : [fixedDim(found.length)], found);
  }
  if (data?.is === 'sizes' || indices?.is === 'sizes') throw new Unproven('computes with the number of rows');
  const [own, picked] = [axisOf(data), axisOf(indices)];
  if (own !== undefined && picked !== undefined) throw new Unproven('picks values by place among all rows');
  if (own === axis) throw new Unproven('picks some of the rows');
  const dims = [...shape.slice(0, axis), ...places, ...shape.slice(axis + 1)];
  if (picked !== undefined) return tensorOf(dims, axis + picked);
  if (own === undefined) return tensorOf(dims, undefined);
  return tensorOf(dims, own < axis ? own : own + places.length - 1);
};

/** Row by row along another axis, where all inputs have the same rows. */
const alongAxis: Rule = (operation) => {
  const { inputs } = operation;
  const shapes = inputs.map(dimsOf);
  const axis = operation.axis('axis', 0, shapes[0]!.length);
  const rows = axisOf(inputs[0]);
  const isEven = inputs.every(
    (tensor, i) =>
      axisOf(tensor) === rows && (rows === undefined || isSame(shapes[i]![rows]!, shapes[0]![rows]!)),
  );
  if (!isEven || inputs.some((tensor) => tensor?.is === 'sizes') || rows === axis)
    throw new Unproven('picks values by place among all rows');
  return tensorOf(operation.opType === 'GatherElements' ? shapes[1]! : shapes[0]!, rows);
};

const gatherNd: Rule = (operation) => {
  const [data, indices] = operation.inputs;
  const [shape, places] = [dimsOf(data), dimsOf(indices)];
  const shared = operation.int('batch_dims', 0);
  const length = sizeOfDim(places.at(-1)!);
  if (length === undefined) throw new Unproven('picks by places of an open number of axes');
  const dims = [...places.slice(0, -1), ...shape.slice(shared + length)];
  const [own, picked] = [axisOf(data), axisOf(indices)];
  if (own !== undefined && own === picked && own < shared && isSame(shape[own]!, places[own]!))
    return tensorOf(dims, own);
  if (own === undefined && picked !== undefined && shared === 0 && picked < places.length - 1)
    return tensorOf(dims, picked);
  if (own !== undefined && picked === undefined && shared === 0 && own >= length)
    return tensorOf(dims, own - length + places.length - 1);
  if (own === undefined && picked === undefined) return tensorOf(dims, undefined);
  throw new Unproven('picks values by place among all rows');
};

const split: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const axis = operation.axis('axis', 0, dims.length);
  const sizes = operation.wholeNumbers('split', 1);
  const items = itemsOf(tensor);
  if (items !== undefined && dims.length === 1 && sizes !== undefined) {
    const start = (part: number) => sizes.slice(0, part).reduce((sum, size) => sum + size, 0);
    return sizes.map((size, part) => listOf(items.slice(start(part), start(part) + size)));
  }
  if (tensor?.is === 'sizes') throw new Unproven('computes with the number of rows');
  if (axisOf(tensor) === axis) throw new Unproven('splits the rows');
  const whole = sizeOfDim(dims[axis]!);
  const chunk = whole === undefined ? undefined : Math.ceil(whole / operation.outputs);
  return Array.from({ length: operation.outputs }, (_, i): Traced => {
    const even = chunk === undefined ? undefined : Math.min(chunk, whole! - i * chunk);
    const size = sizes?.[i] ?? even;
    return tensorOf(dims.with(axis, size === undefined ? operation.fresh() : fixedDim(size)), axisOf(tensor));
  });
};

/** Keeps some places of an axis, the same of every row. */
const compress: Rule = (operation) => {
  const [tensor, condition] = operation.inputs;
  needFixed('a condition', condition);
  const dims = dimsOf(tensor);
  if (!operation.has('axis')) throw new Unproven('puts values of all rows into one list');
  const axis = operation.axis('axis', 0, dims.length);
  if (axis === axisOf(tensor)) throw new Unproven('keeps some of the rows');
  return tensorOf(dims.with(axis, operation.fresh()), axisOf(tensor));
};

/** The start of each sequence is turned around, as far as its length says. */
const reverseSequence: Rule = (operation) => {
  const [tensor, lengths] = operation.inputs;
  const dims = dimsOf(tensor);
  const rows = axisOf(tensor);
  const isEven =
    lengths?.is === 'rows' &&
    rows === operation.int('batch_axis', 1) &&
    isSame(lengths.dims[0]!, dims[rows]!);
  if (!isEven || rows === operation.int('time_axis', 0))
    throw new Unproven('turns sequences around that are no rows');
  return tensorOf(dims, rows);
};

/** Axes that keep their size are left as they are. */
const resize: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const dims = dimsOf(tensor);
  const axis = axisOf(tensor);
  needFixed('a region', ...operation.inputs.slice(1, -1));
  const isPlain =
    operation.text('keep_aspect_ratio_policy', 'stretch') === 'stretch' &&
    operation.text('coordinate_transformation_mode', 'half_pixel') !== 'tf_crop_and_resize';
  if (!isPlain) throw new Unproven('resizes by a region or a ratio');
  const place = scalePlace(operation);
  const scales =
    operation.floats('scales') ??
    (operation.inputs[place] === undefined ? undefined : operation.wholeNumbers('scales', place));
  const named =
    operation.ints('axes')?.map((each) => axisWithin(each, dims.length)) ?? dims.map((_, at) => at);
  const sizes = itemsOf(operation.inputs[3]);
  const isKept =
    axis === undefined ||
    !named.includes(axis) ||
    scales?.[named.indexOf(axis)] === 1 ||
    (sizes?.[named.indexOf(axis)] !== undefined && isSame(sizes[named.indexOf(axis)]!, dims[axis]!));
  if (!isKept) throw new Unproven('resizes the axis of the rows');
  const sized = dims.map((dim, at) => {
    const wanted = sizes?.[named.indexOf(at)];
    const scale = scales?.[named.indexOf(at)];
    if (at === axis || !named.includes(at)) return dim;
    if (wanted !== undefined && !hasBatch(wanted)) return wanted;
    const size = sizeOfDim(dim);
    return size !== undefined && scale !== undefined ? fixedDim(Math.floor(size * scale)) : operation.fresh();
  });
  return tensorOf(sized, axis);
};

/** Of Upsample and the first Resize the second input, of later ones the third. */
function scalePlace({ opType, opset }: Operation): number {
  return opType === 'Upsample' || opset < 11 ? 1 : 2;
}

export const INDEXING: Record<string, Rule> = {
  Slice: slice,
  Gather: gather,
  GatherElements: alongAxis,
  ScatterElements: alongAxis,
  GatherND: gatherNd,
  Split: split,
  Compress: compress,
  ReverseSequence: reverseSequence,
  Resize: resize,
  Upsample: resize,
};
