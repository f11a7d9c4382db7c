import type { RawAttribute, RawNode, RawTensor } from '../outline-schema.ts';
import type { Dim } from './dimension.ts';
import { dimsOf, numbersOf, type Traced, Unproven } from './traced-tensor.ts';

/** A node with what is known of its inputs. */
export class Operation {
  readonly opset: number;
  readonly opType: string;
  readonly inputs: readonly (Traced | undefined)[];
  readonly outputs: number;
  /** Makes a size that only a request fixes, the same for all rows. */
  readonly fresh: () => Dim;
  readonly #attributes: ReadonlyMap<string, RawAttribute>;

  constructor(
    node: Pick<RawNode, 'opType' | 'output'>,
    attributes: readonly RawAttribute[],
    inputs: readonly (Traced | undefined)[],
    { opset, fresh }: { opset: number; fresh: () => Dim },
  ) {
    this.opset = opset;
    this.fresh = fresh;
    this.opType = node.opType;
    this.inputs = inputs;
    this.outputs = node.output.length;
    this.#attributes = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  int(name: string, otherwise: number): number {
    return this.#attributes.get(name)?.i ?? otherwise;
  }

  ints(name: string): number[] | undefined {
    return this.#attributes.get(name)?.ints;
  }

  floats(name: string): number[] | undefined {
    return this.#attributes.get(name)?.floats;
  }

  strings(name: string): readonly Uint8Array[] | undefined {
    return this.#attributes.get(name)?.strings;
  }

  text(name: string, otherwise: string): string {
    const bytes = this.#attributes.get(name)?.s;
    return bytes === undefined ? otherwise : Buffer.from(bytes).toString('utf8');
  }

  constant(name: string): RawTensor | undefined {
    return this.#attributes.get(name)?.t ?? undefined;
  }

  /** The axis that an attribute names, counted from 0. */
  axis(name: string, otherwise: number, rank: number): number {
    return axisWithin(this.int(name, otherwise), rank);
  }

  /** Whole numbers of an attribute, in old operator sets, or of an input; undefined where neither is there. Throws {@link Unproven}. */
  wholeNumbers(name: string, input: number): number[] | undefined {
    if (this.ints(name) !== undefined) return this.ints(name);
    const tensor = this.inputs[input];
    if (tensor === undefined) return undefined;
    const numbers = numbersOf(tensor);
    if (numbers === undefined) throw new Unproven(`takes ${name} that are not known before it runs`);
    return numbers;
  }

  rank(input = 0): number {
    return dimsOf(this.inputs[input]).length;
  }
}

/** Throws {@link Unproven} for an axis that the tensor has not. */
export function axisWithin(axis: number, rank: number): number {
  const from0 = axis < 0 ? axis + rank : axis;
  if (from0 < 0 || from0 >= Math.max(1, rank))
    throw new Unproven(`names axis ${axis} of a tensor of ${rank}`);
  return from0;
}

/** What an operator gives, by output. Throws {@link Unproven}. */
export type Rule = (operation: Operation) => Traced | readonly Traced[];
