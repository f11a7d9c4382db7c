import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStream, OPERATIONS, type Operation, type OperationId, type Permission } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OBJECT_RULES, type ObjectRule } from '../../access/index.ts';
import { openNewPglite } from '../../adapters/database/pglite-under-test.ts';
import type { Database } from '../../metadata/index.ts';
import type { CallContext, Handlers } from '../handler-types.ts';
import type { App } from './app.ts';
import { handlersOf } from './index.ts';

const operations = Object.entries(OPERATIONS) as [OperationId, Operation][];

/** Fields that name something, wherever they stand in a request. */
const NAMES = /\.(id|ids|name|model|dataset|endpoint|queue|labelsOf|\w+Ids?)$/;

/** Every place of a request that names something: all path parameters, and fields called as things are. */
function placesOf({ params, query, body }: Operation): Set<string> {
  const found = new Set<string>();
  const walk = (schema: unknown, path: string): void => {
    const {
      anyOf = [],
      oneOf = [],
      allOf = [],
      items,
      properties = {},
    } = schema as z.core.JSONSchema.JSONSchema;
    for (const member of [...anyOf, ...oneOf, ...allOf]) walk(member, path);
    if (items !== undefined) walk(items, `${path}[]`);
    for (const [name, member] of Object.entries(properties)) {
      const place = `${path}.${name}`;
      if (path === 'params' || NAMES.test(place)) found.add(place);
      walk(member, place);
    }
  };
  for (const [part, schema] of Object.entries({ params, query, body })) {
    if (schema === undefined || isStream(schema)) continue;
    walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }), part);
  }
  return found;
}

describe('the rules about objects', () => {
  it.each(operations)('of %s tell of every place that names something, and of no other', (id, operation) => {
    const named = placesOf(operation);
    // A graph nests without end, and names models of the installation, which the permission of the operation covers.
    if (id !== 'endpoints.setSpec') expect(new Set(Object.keys(OBJECT_RULES[id]))).toEqual(named);
  });
});

let scratch: string;
let database: Database;
let handlers: Handlers;
const ids = { upload: '', job: '' };
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-objects-'));
  database = await openNewPglite(join(scratch, 'database'));
  const recorder = { each: async () => {}, read: async () => {} };
  const facts = { maxUploadBytes: 1e6, maxUploadedBytesPerKey: 1e6 };
  const app = { database, recorder, facts, pipelineRuns: { wakeWorkers: () => {}, cancelJob: () => {} } };
  handlers = handlersOf(app as unknown as App);
  ids.upload = await newUpload();
  ids.job = (await database.stores.jobs.enqueue('predict-file', { callerId: 'maker' })).id;
}, 120_000);
afterAll(async () => {
  await database.close();
  await rm(scratch, { recursive: true, force: true });
});

async function newUpload(): Promise<string> {
  const upload = { sha256: 'a'.repeat(64), filename: 'rows.csv', bytes: 1, owner: 'maker' };
  return (await database.stores.uploads.add(upload)).id;
}

function contextOf(id: string, permissions: Iterable<Permission>): CallContext {
  const caller = { id, name: 'the same name', permissions: new Set(permissions) };
  const reachedAt = { address: '127.0.0.1', port: 7400 };
  return { caller, reachedAt, requestId: 'r', signal: new AbortController().signal };
}

/** A request that has just this value, at a place such as `body.on.uploadId`. */
function inputWith(place: string, value: string): { params: object; query: object; body: object } {
  const [part, ...path] = place.split('.');
  const at = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object;
  return { params: {}, query: {}, body: {}, [part!]: at };
}

/** What the call of an operation fails with. */
async function failureOf(id: OperationId, input: unknown, context: CallContext): Promise<unknown> {
  const call = handlers[id] as (input: unknown, context: CallContext) => Promise<unknown>;
  try {
    await call(input, context);
  } catch (error) {
    const { code, message, details } = error as { code: string; message: string; details: unknown };
    return { code, message, details };
  }
  return undefined;
}

type Owned = Extract<ObjectRule, { owned: unknown }>;
const owned = operations.flatMap(([id, operation]) =>
  Object.entries(OBJECT_RULES[id]).flatMap(([place, rule]) =>
    typeof rule === 'object' && 'owned' in rule
      ? [{ id, place, rule: rule as Owned, permission: operation.permission as Permission }]
      : [],
  ),
);

describe('an object of another key', () => {
  it('is covered by every operation that takes an upload or a job', () => {
    expect(owned.length).toBeGreaterThan(15);
  });

  it.each(owned)('in $place of $id is refused in the words of one that does not exist', async (one) => {
    const { id, place, rule, permission } = one;
    const stranger = contextOf('stranger', [permission]);
    const foreign = ids[rule.owned];
    const refusal = await failureOf(id, inputWith(place, foreign), stranger);
    expect(refusal).toMatchObject({ code: `${rule.owned}.missing`, details: { id: foreign } });
    const absent = foreign.replace(/.$/, foreign.endsWith('0') ? '1' : '0');
    const ofAbsent = await failureOf(id, inputWith(place, absent), stranger);
    expect(JSON.stringify(ofAbsent).replaceAll(absent, foreign)).toBe(JSON.stringify(refusal));
  });

  it.each(owned)('in $place of $id is for its owner, and for whoever has the permission', async (one) => {
    const { id, place, rule, permission } = one;
    const letIn = [contextOf('maker', [permission]), contextOf('stranger', [permission, rule.others])];
    for (const context of letIn) {
      // One of its own for each call, which may delete it.
      const named = rule.owned === 'upload' ? await newUpload() : ids.job;
      const failure = await failureOf(id, inputWith(place, named), context);
      // A job of another kind than the operation is about does not exist for it.
      const isOfOtherKind = id.startsWith('batches.') && rule.owned === 'job';
      if (!isOfOtherKind) expect(failure).not.toMatchObject({ code: `${rule.owned}.missing` });
    }
  });
});

const needing = operations.flatMap(([id, operation]) =>
  Object.entries(OBJECT_RULES[id]).flatMap(([place, rule]) =>
    typeof rule === 'object' && 'needs' in rule && !place.includes('[]')
      ? [{ id, place, needs: rule.needs, permission: operation.permission as Permission }]
      : [],
  ),
);

describe('an object that takes a further permission', () => {
  it.each(needing)('in $place of $id is refused without $needs', async ({ id, place, needs, permission }) => {
    expect(await failureOf(id, inputWith(place, 'customers'), contextOf('me', [permission]))).toMatchObject({
      code: 'access.forbidden',
      details: { permission: needs },
    });
  });

  it('is looked for in lists too', async () => {
    const input = { params: {}, query: {}, body: { validateOn: [{ name: 'march' }] } };
    for (const id of ['pipelineRuns.ship', 'pipelineRuns.train', 'endpoints.retrain'] as const)
      expect(await failureOf(id, input, contextOf('me', ['pipelines:write']))).toMatchObject({
        code: 'access.forbidden',
        details: { permission: 'datasets:read' },
      });
  });
});
