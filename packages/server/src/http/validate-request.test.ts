import { OPERATIONS } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { validateRequest } from './validate-request.ts';

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
    for (const operation of ['journeys.ship', 'journeys.train'] as const) {
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
