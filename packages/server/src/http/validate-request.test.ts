import { OPERATIONS, type Operation, type OperationId, type SlipwayError } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { type RawRequest, validateRequest } from './validate-request.ts';

const put = (body: unknown) =>
  validateRequest(OPERATIONS['endpoints.setSpec'], { params: { name: 'churn' }, query: {}, body });

const spec = (more: object) => ({ versions: { 'churn@1': 1 }, ...more });

describe('a training that there is no model for', () => {
  it.each([
    [{ target: ['a', 'b'] }, 'target.several', 'target'],
    [{}, 'target.needed', 'target'],
    [{ target: 'a', task: 'clustering' }, 'task.unsupported', 'task'],
    [{ target: 7 }, 'request.invalid', 'target'],
  ])('%j is refused', (fields, code, path) => {
    for (const operation of ['pipelineRuns.ship', 'pipelineRuns.train'] as const) {
      const body = { uploadId: 'upl_1', ...fields };
      const ask = () => validateRequest(OPERATIONS[operation], { params: {}, query: {}, body });
      expect(ask).toThrow(expect.objectContaining({ code, path }));
    }
  });
});

describe('the spec of an endpoint', () => {
  it('is filled up with what goes without saying', () => {
    expect(put(spec({})).body).toMatchObject({
      log: { percent: 100 },
      target: 'local',
      rollout: { strategy: 'all-at-once', quiet: 'hold', abort: { falseAlarm: 0.01 } },
    });
  });

  it.each([
    ['nothing', {}, 'versions'],
    ['no weight', { versions: { 'churn@1': 0 } }, 'versions'],
    ['a weight below nothing', { versions: { 'churn@1': -1 } }, 'versions.churn@1'],
    ['a name that is none', { versions: { churn: 1 } }, 'versions.churn'],
    ['two keys', spec({ sticky: { header: 'x-user', column: 'user' } }), 'sticky'],
    ['a header that is none', spec({ sticky: { header: 'x user' } }), 'sticky.header'],
    ['too large a share', spec({ shadow: { version: 'churn@2', percent: 101 } }), 'shadow.percent'],
    ['steps that fall', spec({ rollout: { steps: [50, 10, 100] } }), 'rollout.steps'],
    ['steps that do not end', spec({ rollout: { steps: [10, 50] } }), 'rollout.steps'],
    ['more workers at least than at most', spec({ scaling: { min: 3, max: 2 } }), 'scaling.max'],
    ['another target', spec({ target: 'kubernetes' }), 'target'],
    ['a field nobody knows', spec({ weights: {} }), ''],
  ])('that has %s is refused as unprocessable, with the path of the field', (_, body, path) => {
    expect(() => put(body)).toThrow(
      expect.objectContaining({ code: 'endpoint.bad-spec', kind: 'unprocessable', path }),
    );
  });

  it('says how to get to Kubernetes', () => {
    expect(() => put(spec({ target: 'kubernetes' }))).toThrow(/slipway export ENDPOINT --as kubernetes/);
  });
});

describe('any other body', () => {
  it('is refused as invalid', () => {
    const operation = OPERATIONS['endpoints.policy'];
    const raw = { params: { name: 'churn' }, query: {}, body: { mode: 'always' } };
    expect(() => validateRequest(operation, raw)).toThrow(
      expect.objectContaining({ code: 'request.invalid', path: 'mode' }),
    );
  });
});

describe('a request beyond a maximum', () => {
  const refusalOf = (operation: Operation, raw: Partial<RawRequest>) => {
    try {
      validateRequest(operation, { params: {}, query: {}, body: {}, ...raw });
      return undefined;
    } catch (error) {
      const { code, path, message } = error as SlipwayError;
      return { code, path, message };
    }
  };
  const invalid = (path: string, reason: RegExp) => ({
    code: 'request.invalid',
    path,
    message: expect.stringMatching(reason),
  });

  it.each<[OperationId, Partial<RawRequest>, string, RegExp]>([
    [
      'keys.create',
      { body: { name: 'x'.repeat(101), role: 'viewer' } },
      'name',
      /101 characters; at most 100/,
    ],
    ['runs.get', { params: { id: 'x'.repeat(201) } }, 'id', /at most 200/],
    ['runs.compare', { query: { ids: Array(101).fill('r').join(',') } }, 'ids', /at most 100 ids/],
    [
      'labels.add',
      { params: { name: 'x' }, body: { labels: Array(50_001).fill(1) } },
      'labels',
      /50001 entries; at most 50000/,
    ],
    [
      'labels.add',
      { params: { name: 'x' }, body: { labels: [{ id: 'p', value: 'x'.repeat(16 * 1024 ** 2 + 1) }] } },
      'labels[0].value',
      /at most 16777216/,
    ],
    [
      'models.import',
      { body: { name: 'x', uploadId: 'u', example: { a: [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]] } } },
      'example.a',
      /at most 16 levels/,
    ],
    [
      'batches.start',
      { body: { model: 'x', uploadId: 'u', keep: Array(10_001).fill('c') } },
      'keep',
      /10001 entries; at most 10000/,
    ],
  ])('of %s is refused with the field and the limit', (id, raw, path, reason) => {
    expect(refusalOf(OPERATIONS[id], raw)).toEqual(invalid(path, reason));
  });

  it('does not cost an issue for each of its entries', () => {
    const labels = Array(2_000_000).fill(1);
    const refusal = refusalOf(OPERATIONS['labels.add'], { params: { name: 'x' }, body: { labels } });
    expect(refusal).toEqual(invalid('labels', /2000000 entries/));
  });

  it('is not repeated in its refusal', () => {
    const body = { name: 'x', role: 'viewer', ['k'.repeat(100_000)]: 1 };
    expect(refusalOf(OPERATIONS['keys.create'], { body })?.message.length).toBeLessThan(2000);
    const target = Array(5000).fill('t'.repeat(1000));
    expect(refusalOf(OPERATIONS['pipelineRuns.ship'], { body: { target } })?.message.length).toBeLessThan(
      6000,
    );
  });
});

describe('what no store keeps', () => {
  const keys = (body: unknown) => () =>
    validateRequest(OPERATIONS['models.import'], { params: {}, query: {}, body });
  const model = (example: string) => ({ name: 'x', uploadId: 'u', example: JSON.parse(example) });
  it.each([
    ['{"a":["b","c\\u0000"]}', 'example.a[1]'],
    ['{"a":{"b\\u0000":1}}', 'example.a'],
    ['{"a":[{"\\ud800":1}]}', 'example.a[0]'],
    ['{"a":[[{"__proto__":{"b":1}}]]}', 'example.a[0][0]'],
  ])('%s is refused in texts and keys, with its place', (example, path) => {
    expect(keys(model(example))).toThrow(expect.objectContaining({ code: 'request.invalid', path }));
  });
  it('is not found in what is kept', () => {
    expect(keys(model('{"constructor":["é😀",{"prototype":1}]}'))).not.toThrow();
  });
});

describe('the end of an API key', () => {
  const make = (expiresAt: string) =>
    validateRequest(OPERATIONS['keys.create'], {
      params: {},
      query: {},
      body: { name: 'ci', role: 'viewer', expiresAt },
    });

  it.each(['0001-02-28T00:00:00Z', '0020-02-29T00:00:00Z', '0099-01-01T00:00:00Z', '1969-12-31T23:59:59Z'])(
    'is not %s, which the database would give back as another time',
    (expiresAt) => {
      expect(() => make(expiresAt)).toThrow(
        expect.objectContaining({ code: 'request.invalid', path: 'expiresAt' }),
      );
    },
  );

  it('is a time from 1970 on', () => {
    expect(make('2100-01-01T00:00:00Z').body).toMatchObject({ expiresAt: '2100-01-01T00:00:00Z' });
  });
});
