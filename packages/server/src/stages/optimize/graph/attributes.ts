import type { Attribute, GraphNode } from './graph.ts';

/** AttributeProto.AttributeType. */
const TYPE = { int: 2 } as const;

export function intOf(node: GraphNode, name: string, otherwise: number): number {
  const found = node.attribute.find((each) => each.name === name);
  return found === undefined ? otherwise : Number(found.i ?? 0);
}

export function floatOf(node: GraphNode, name: string, otherwise: number): number {
  const found = node.attribute.find((each) => each.name === name);
  return found === undefined ? otherwise : (found.f ?? 0);
}

export function intsOf(node: GraphNode, name: string): number[] | undefined {
  return node.attribute.find((each) => each.name === name)?.ints?.map(Number);
}

export function intAttribute(name: string, i: number): Attribute {
  return { name, type: TYPE.int, i };
}
