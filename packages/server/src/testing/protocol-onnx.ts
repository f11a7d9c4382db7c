import { type GraphBuilder, newGraphBuilder } from '../stages/pack/index.ts';

/** Small graphs that show what happens to values on their way through a protocol. */

function graphOf(build: (graph: GraphBuilder) => void): Uint8Array {
  const graph = newGraphBuilder(['x', 'n', 'y', 'm', 'text', 'echo']);
  build(graph);
  return graph.finish('sample', {});
}

/** `x` [rows, 2] to `y` [rows, 2], the logarithms: -Infinity of 0, NaN of negative numbers. */
export function logModel(): Uint8Array {
  return graphOf((graph) => {
    graph.input('x', 'float', ['rows', 2]);
    graph.node('Log', ['x'], [], { output: 'y' });
    graph.output('y', 'float', ['rows', 2]);
  });
}

/** `n` [rows], 64-bit whole numbers, to `m` [rows], the same. */
export function longModel(): Uint8Array {
  return graphOf((graph) => {
    graph.input('n', 'int64', ['rows']);
    graph.node('Identity', ['n'], [], { output: 'm' });
    graph.output('m', 'int64', ['rows']);
  });
}

/** `text` [rows] to `echo` [rows], the same. */
export function echoModel(): Uint8Array {
  return graphOf((graph) => {
    graph.input('text', 'string', ['rows']);
    graph.node('Identity', ['text'], [], { output: 'echo' });
    graph.output('echo', 'string', ['rows']);
  });
}
