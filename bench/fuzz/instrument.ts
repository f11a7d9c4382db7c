import { type Node, parse } from 'acorn';

/** Counts how often the places of a program run: `__hit(i)` stands at each. */
export type Instrumented = { code: string; places: number };

type Insertion = { at: number; text: string };

/**
 * JavaScript with a call of `__hit` at the start of every function, branch, loop and case, and before every operand that may be passed
 * over. Places are numbered from `first` on.
 */
export function instrument(source: string, first: number, sourceType: 'module' | 'script'): Instrumented {
  const program = parse(source, { ecmaVersion: 'latest', sourceType, allowHashBang: true });
  const opened: Insertion[] = [];
  const closed: Insertion[] = [];
  let next = first;

  const visit = (node: Node): void => {
    const places = placesOf(node);
    for (const key of Object.keys(node)) {
      const value = Reflect.get(node, key) as unknown;
      for (const child of Array.isArray(value) ? value : [value]) {
        if (!isNode(child)) continue;
        const place = places.get(child);
        if (place === 'block') opened.push({ at: child.start + 1, text: `__hit(${next++});` });
        else if (place === 'statement') opened.push({ at: child.start, text: `{__hit(${next++});` });
        else if (place === 'expression') opened.push({ at: child.start, text: `(__hit(${next++}),` });
        else if (place === 'case') opened.push({ at: child.start, text: `__hit(${next++});` });
        visit(child);
        if (place === 'statement') closed.push({ at: child.end, text: '}' });
        else if (place === 'expression') closed.push({ at: child.end, text: ')' });
      }
    }
  };
  visit(program);
  return { code: inserted(source, [...closed, ...opened]), places: next - first };
}

type Place = 'block' | 'statement' | 'expression' | 'case';

/** The children of a node that run only sometimes. */
function placesOf(node: Node): Map<unknown, Place> {
  const child = (name: string) => Reflect.get(node, name) as Node | null | undefined;
  const body = (each: Node | null | undefined): [unknown, Place] => [
    each,
    each?.type === 'BlockStatement' ? 'block' : 'statement',
  ];
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return new Map([[child('body'), 'block']]);
    case 'ArrowFunctionExpression':
      return new Map([[child('body'), child('body')?.type === 'BlockStatement' ? 'block' : 'expression']]);
    case 'IfStatement':
      return new Map([body(child('consequent')), body(child('alternate'))]);
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'CatchClause':
      return new Map([body(child('body'))]);
    case 'ConditionalExpression':
      return new Map([
        [child('consequent'), 'expression'],
        [child('alternate'), 'expression'],
      ]);
    case 'LogicalExpression':
    case 'AssignmentPattern':
      return new Map([[child('right'), 'expression']]);
    case 'SwitchCase': {
      const [begun] = Reflect.get(node, 'consequent') as Node[];
      return new Map([[begun, 'case']]);
    }
    default:
      return new Map();
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Node>).type === 'string';
}

/** Insertions at one place stand in the order in which they are given. */
function inserted(source: string, insertions: readonly Insertion[]): string {
  const parts: string[] = [];
  let copied = 0;
  for (const { at, text } of insertions.toSorted((a, b) => a.at - b.at)) {
    parts.push(source.slice(copied, at), text);
    copied = at;
  }
  return [...parts, source.slice(copied)].join('');
}
