import { z } from 'zod';
import { recordOf } from './bounded-schemas.ts';

/**
 * An inference graph as a spec declares it. A node is nested in the node that uses it, so a graph has no cycles and each
 * node has one place. Fields are checked here; what fits together is checked by `parseGraph`, then against the models.
 */

/** Nodes of one graph, and how deep they may be nested. */
export const MOST_GRAPH_NODES = 32;
export const DEEPEST_GRAPH = 8;
const MOST_CHILDREN = 16;
/** Columns that the tensor of an imported model may be made of. */
export const MOST_GRAPH_FEATURES = 1000;

const columnSchema = z.string().min(1).max(256);

/** `churn@3`, or `churn@champion`: an alias counts when the graph is declared, and is a version from then on. */
export const memberModelSchema = z
  .string()
  .max(130)
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?@([1-9]\d{0,8}|[a-z][a-z0-9-]{0,62})$/,
    'name a version as MODEL@VERSION or MODEL@ALIAS, such as churn@3 or churn@champion',
  )
  .describe('MODEL@VERSION or MODEL@ALIAS; an alias is pinned to its version when the graph is declared');

export const outputSourceSchema = z
  .union([z.literal('value'), z.strictObject({ probability: z.string().max(1000) })], {
    error: 'write "value", or { "probability": CLASS }',
  })
  .describe('`value`: the class or the number; or the probability of a class');
export type OutputSource = z.output<typeof outputSourceSchema>;

const outputsSchema = recordOf(columnSchema, outputSourceSchema, 64).describe(
  'Columns that the node adds to the row, by name',
);

const rowSchema = z
  .enum(['add', 'replace'])
  .describe('Whether what follows sees these columns beside the row, or these columns alone');

const boundSchema = z.union([z.number(), z.string().max(64)]);
const cellSchema = z.union([z.string().max(1000), z.number(), z.boolean()]);

/** One condition on a column of the row. Of a missing value only `missing: true` holds. */
export const graphConditionSchema = z
  .strictObject({
    column: columnSchema,
    type: z
      .enum(['number', 'string', 'boolean', 'timestamp'])
      .optional()
      .describe('Of a column that no model of the graph takes'),
    equals: cellSchema.optional(),
    in: z.array(cellSchema).min(1).max(1000).optional(),
    range: z
      .strictObject({
        atLeast: boundSchema.optional(),
        above: boundSchema.optional(),
        atMost: boundSchema.optional(),
        below: boundSchema.optional(),
      })
      .optional()
      .describe('Numbers, or times in ISO 8601'),
    missing: z.boolean().optional().describe('true: the value is missing; false: it is there'),
  })
  .describe('Exactly one of equals, in, range and missing');
export type GraphConditionSpec = z.output<typeof graphConditionSchema>;

export const graphWhenSchema = z
  .union(
    [
      graphConditionSchema,
      z.strictObject({ all: z.array(graphConditionSchema).min(1).max(MOST_CHILDREN) }),
      z.strictObject({ any: z.array(graphConditionSchema).min(1).max(MOST_CHILDREN) }),
    ],
    { error: 'give a condition, or a list of them under "all" or "any"' },
  )
  .describe('A condition; or several, of which all or any must hold');
export type GraphWhen = z.output<typeof graphWhenSchema>;

/** A node: exactly one of `model`, `sequence`, `ensemble` and `switch`; the last four fields belong to its place. */
export type GraphNode = {
  name: string;
  model?: string | undefined;
  columns?: Record<string, string> | undefined;
  features?: string[] | undefined;
  sequence?: GraphNode[] | undefined;
  ensemble?: GraphEnsemble | undefined;
  switch?: { cases: GraphNode[]; default: GraphNode } | undefined;
  outputs?: Record<string, OutputSource> | undefined;
  row?: 'add' | 'replace' | undefined;
  weight?: number | undefined;
  when?: GraphWhen | undefined;
};

export type GraphEnsemble = {
  method: 'mean' | 'vote' | 'stacked';
  members: GraphNode[];
  threshold?: number | undefined;
  final?: GraphNode | undefined;
  row?: 'add' | 'replace' | undefined;
};

/** A node within a node; anew at each place, so that the JSON schema names nodes alone. */
const nested = (): z.ZodType<GraphNode, GraphNode> => z.lazy(() => graphNodeSchema);

function nodeObject(): z.ZodType<GraphNode, GraphNode> {
  return z
    .strictObject({
      name: z
        .string()
        .max(63)
        .regex(/^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/, 'use lower-case letters, digits, - and _')
        .describe('Of the node, once in the graph; failures and metrics name it'),
      model: memberModelSchema.optional(),
      columns: recordOf(columnSchema, columnSchema, 256)
        .optional()
        .describe(
          'Of a model: from which column of the row it takes a column of its own that is called otherwise',
        ),
      features: z
        .array(columnSchema)
        .min(1)
        .max(MOST_GRAPH_FEATURES)
        .refine((names) => new Set(names).size === names.length, 'name each column once')
        .optional()
        .describe(
          'Of an imported model with one tensor [rows, features]: the columns that its features are, in the order of the tensor',
        ),
      sequence: z
        .array(nested())
        .min(2)
        .max(MOST_CHILDREN)
        .optional()
        .describe('Steps, one after the other; the last one answers'),
      ensemble: ensembleObject().optional(),
      switch: z
        .strictObject({
          cases: z.array(nested()).min(1).max(MOST_CHILDREN).describe('In order: the first that holds'),
          default: nested().describe('Answers the rows of which no condition holds'),
        })
        .optional()
        .describe('Each row is answered by the first node whose condition it satisfies'),
      outputs: outputsSchema.optional().describe('Of a step before the last, and of a member of a stack'),
      row: rowSchema.optional().describe('Of a step before the last; add when left out'),
      weight: z
        .number()
        .positive()
        .max(1_000_000)
        .optional()
        .describe('Of a member of a mean or a vote, relative to the others; 1 when left out'),
      when: graphWhenSchema.optional().describe('Of a case of a switch'),
    })
    .meta({ id: 'GraphNode', description: 'Exactly one of model, sequence, ensemble and switch' });
}

function ensembleObject(): z.ZodType<GraphEnsemble, GraphEnsemble> {
  return z.strictObject({
    method: z
      .enum(['mean', 'vote', 'stacked'])
      .describe(
        'mean: of the numbers or the probabilities; vote: the class that most members answer; stacked: a final model reads what the members answer',
      ),
    members: z.array(nested()).min(2).max(MOST_CHILDREN),
    threshold: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe('Of a mean of two classes: the positive class is answered from this probability on'),
    final: nested().optional().describe('Of a stack: the node that answers'),
    row: rowSchema
      .optional()
      .describe('Of a stack: whether the final node sees the row too (add); replace when left out'),
  });
}

export const graphNodeSchema: z.ZodType<GraphNode, GraphNode> = nodeObject();

/** How a node is shown: one of a list, children behind their parent. */
export const graphLineSchema = z.object({
  path: z.string().describe('Names of the nodes from the root, such as risk/eu'),
  depth: z.int().describe('0 of the root'),
  kind: z.enum(['model', 'sequence', 'ensemble', 'switch']),
  says: z.string().describe('One line: what it does'),
});
export type GraphLine = z.infer<typeof graphLineSchema>;

/** A model version that takes part in a graph. */
export const graphMemberSchema = z.object({
  path: z.string(),
  model: z.string(),
  version: z.int(),
  bundleId: z.string(),
  alias: z.string().nullable().describe('By which the version was named when the graph was declared'),
});
export type GraphMember = z.infer<typeof graphMemberSchema>;

export const graphViewSchema = z
  .object({
    graph: nested().describe('As declared, with versions in place of aliases'),
    members: z.array(graphMemberSchema),
    lines: z.array(graphLineSchema).describe('The same for people, from the root down'),
    notes: z.array(z.string()).describe('What was decided when it was declared'),
  })
  .describe('An inference graph');
export type GraphView = z.infer<typeof graphViewSchema>;

/** What a node answered for one row, with `?nodes=true`. */
export const nodeAnswerSchema = z.object({
  node: z.string().describe('Path of the node'),
  kind: z.enum(['model', 'sequence', 'ensemble', 'switch']),
  model: z.string().optional().describe('Of a model: MODEL@VERSION'),
  value: z.union([z.string(), z.number(), z.boolean()]),
  probabilities: z.record(z.string(), z.number()).optional(),
});
export type NodeAnswer = z.infer<typeof nodeAnswerSchema>;
