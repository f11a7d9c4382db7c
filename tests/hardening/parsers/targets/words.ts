import {
  fail,
  formatGate,
  graphNodeSchema,
  graphNodes,
  isFailure,
  isStream,
  OPERATIONS,
  type Operation,
  parseGate,
  parseGraph,
  refuseDeepGraph,
} from '@slipway/contract';
import { InvalidArgumentError } from 'commander';
import { costsOf } from '../../../../packages/cli/src/costs.ts';
import { modelVersion } from '../../../../packages/cli/src/model-version.ts';
import { percent, seconds, wholeNumber } from '../../../../packages/cli/src/options.ts';
import { readParams } from '../../../../packages/cli/src/parse-training-options.ts';
import { days } from '../../../../packages/cli/src/recency-options.ts';
import { validationSet } from '../../../../packages/cli/src/validation-options.ts';
import { readMarkdown } from '../../../../packages/console/src/pages/model/read-markdown.ts';
import { validateRequest } from '../../../../packages/server/src/http/validate-request.ts';
import { parseSearchConfiguration } from '../../../../packages/server/src/stages/train/index.ts';
import { hold, isRefusal, type ParserTarget, same, taken, takenLater } from '../target.ts';

const JSON_WORDS = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\u0000', 'null', '-1', '1e999', '[]', '{}', 'true', '""'],
  ...['"__proto__":', '"constructor":', '"toString":1', '"2026-02-30"', '"a b"', '9007199254740993'],
];

function jsonOf(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString('utf8'));
  } catch {
    throw fail('request.bad-json', { reason: 'it does not parse' });
  }
}

function checkGate(input: Buffer): void {
  const read = taken(() => parseGate(input.toString('utf8')));
  if (read === undefined) return;
  const written = formatGate(read.value);
  same(formatGate(parseGate(written)), written, 'a gate that is written is read again');
}

const ALL: readonly Operation[] = Object.values(OPERATIONS);

/** The input is the body, query and path of every operation. */
function checkOperations(input: Buffer): void {
  const value = taken(() => jsonOf(input));
  if (value === undefined) return;
  for (const operation of ALL)
    for (const raw of [
      { params: value.value, query: {}, body: {} },
      { params: paramsOf(operation), query: value.value, body: {} },
      { params: paramsOf(operation), query: {}, body: isStream(operation.body) ? {} : value.value },
    ])
      taken(() => validateRequest(operation, raw));
}

function paramsOf({ path }: Operation): Record<string, string> {
  return Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, 'orders']));
}

/** Bodies of operations as their documents show them. */
const BODIES = ALL.flatMap(({ example }) => (example === undefined ? [] : [JSON.stringify(example)]));

function checkGraphSpec(input: Buffer): void {
  taken(() => {
    const graph = jsonOf(input);
    refuseDeepGraph({ graph });
    const spec = graphNodeSchema.safeParse(graph);
    if (!spec.success) return;
    const tree = parseGraph(spec.data);
    hold(graphNodes(tree).length <= 32, 'a graph has no more nodes than are allowed');
  });
}

const OPTION_READERS: readonly ((text: string) => unknown)[] = [
  seconds,
  percent,
  wholeNumber,
  days,
  costsOf,
  validationSet,
  modelVersion,
];
const isOptionRefusal = (error: unknown) => error instanceof InvalidArgumentError || isRefusal(error);

async function checkOptions(input: Buffer): Promise<void> {
  const text = input.toString('utf8');
  for (const read of OPTION_READERS) {
    const value = taken(() => read(text), isOptionRefusal)?.value;
    if (typeof value === 'number') hold(Number.isFinite(value), `${read.name} gives a finite number`);
  }
  // Text without an equals sign names a file.
  await takenLater(() => readParams(`${text}=1`), isOptionRefusal);
}

function checkSearchConfiguration(input: Buffer): void {
  taken(() => {
    const raw = jsonOf(input);
    if (typeof raw === 'object' && raw !== null && !Array.isArray(raw))
      parseSearchConfiguration({ learner: 'boosted-trees', ...raw });
  }, isFailure);
}

export const wordTargets: ParserTarget[] = [
  {
    name: 'gate',
    examples: [
      'roc_auc>=0.8',
      'recall >= 0.7 on "orders march"',
      "f1>=0.6 where country=PT and age>'18' and city is not missing",
      'selection_rate_ratio>=0.8 by sex',
    ],
    words: ['where', 'and', 'on', 'by', 'is', 'not', 'missing', '"', "'", '\\', '>=', '!=', '=', ' ', '\n'],
    check: checkGate,
  },
  {
    name: 'graph-spec',
    examples: [
      '{"name":"a","sequence":[{"name":"b","model":"m@1","outputs":{"x":"value"}},{"name":"c","model":"m@production"}]}',
      '{"name":"s","switch":{"cases":[{"name":"d","model":"m@2","when":{"column":"age","range":{"atLeast":18}}}],"default":{"name":"e","model":"m@1"}}}',
      '{"name":"e","ensemble":{"method":"mean","members":[{"name":"f","model":"m@1","weight":2},{"name":"g","model":"m@2"}]}}',
    ],
    words: [
      ...JSON_WORDS,
      '"when":',
      '"all":',
      '"any":',
      '"switch":',
      '"ensemble":',
      '"stacked"',
      '"model":"m@1"',
    ],
    check: checkGraphSpec,
  },
  {
    name: 'operations',
    examples: BODIES,
    words: JSON_WORDS,
    check: checkOperations,
  },
  {
    name: 'search-goal',
    examples: [
      '{"learner":"boosted-trees","params":{"leaves":31},"space":{"l2":{"min":0.1,"max":10,"log":true}},"trials":20}',
    ],
    words: [...JSON_WORDS, '"params":', '"space":', '"min":', '"max":', '"log":', '"leaves":', '"choices":'],
    check: checkSearchConfiguration,
  },
  {
    name: 'options',
    examples: ['30s', '10%', '90d', 'fn=10,fp=1,tp=2', 'orders-march@3', 'leaves=31,extraTrees=true'],
    words: ['=', ',', '@', '%', 'ms', 'h', 'fn', 'e', '.', '-', '__proto__', 'NaN', 'Infinity'],
    check: checkOptions,
  },
  {
    name: 'markdown',
    examples: [
      '# Title\n\n- a **b** `c`\n- [d](https://e)\n\n| x | y |\n|---|---|\n| 1 | 2 |\n',
      '> quote\n\n```\ncode\n```\n',
    ],
    words: ['#', '**', '`', '[', '](', '|', '---', '\n', '\n\n', '- ', '<script>', 'javascript:'],
    check: (input) => readMarkdown(input.toString('utf8')),
  },
];
