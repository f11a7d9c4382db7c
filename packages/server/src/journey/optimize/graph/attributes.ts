import type { Attribute, GraphNode } from './graph.ts';

/** AttributeProto.AttributeType. */
const TYPE = { float: 1, int: 2, ints: 7 } as const;

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

export function floatAttribute(name: string, f: number): Attribute {
  return { name, type: TYPE.float, f };
}

/** The node with other attributes of these names. */
export function withAttributes(node: GraphNode, ...attributes: Attribute[]): GraphNode {
  const names = new Set(attributes.map(({ name }) => name));
  return {
    ...node,
    attribute: [...node.attribute.filter(({ name }) => !names.has(name)), ...attributes],
  };
}
