import { describe, expect, it } from 'vitest';
import { callerIdOf, callerIds, idsOfRows } from './caller-ids.ts';
import type { Predicted } from './predicted.ts';

const predicted = (id: string) => ({ ids: [id] }) as unknown as Predicted;
const refused = (code: string) => expect.objectContaining({ code });

/** Claims an id and keeps a prediction for it. */
function keep(ids: ReturnType<typeof callerIds>, id: string, rows = ['{"a":1}'], endpoint = 'e') {
  const claim = ids.claim(endpoint, id, rows);
  if (claim.known === undefined) claim.keep(predicted(id));
  return claim;
}

describe('ids of callers', () => {
  it('give the prediction again for the same rows, and refuse other rows', () => {
    const ids = callerIds<Predicted>(10);
    keep(ids, 'one');
    expect(ids.claim('e', 'one', ['{"a":1}']).known).toEqual(predicted('one'));
    expect(() => ids.claim('e', 'one', ['{"a":2}'])).toThrow(refused('prediction.id-taken'));
    expect(() => ids.claim('e', 'one', ['{"a":1}', '{"a":1}'])).toThrow(refused('prediction.id-taken'));
  });

  it('are those of one endpoint', () => {
    const ids = callerIds<Predicted>(10);
    keep(ids, 'one');
    expect(ids.claim('other', 'one', ['{"a":2}']).known).toBeUndefined();
  });

  it('are refused while the first request is under way, and free again where it failed', () => {
    const ids = callerIds<Predicted>(10);
    const claim = ids.claim('e', 'one', ['{}']);
    expect(() => ids.claim('e', 'one', ['{}'])).toThrow(refused('prediction.id-busy'));
    if (claim.known === undefined) claim.release();
    expect(ids.claim('e', 'one', ['{"a":3}']).known).toBeUndefined();
  });

  it('are kept where the answer failed after it was logged, so that a retry is not logged again', () => {
    const ids = callerIds<Predicted>(10);
    const claim = ids.claim('e', 'one', ['{}']);
    if (claim.known === undefined) {
      claim.keep(predicted('one'));
      claim.release();
    }
    expect(ids.claim('e', 'one', ['{}']).known).toEqual(predicted('one'));
  });

  it('hold what the answer depends on besides the rows', () => {
    const ids = callerIds<Predicted>(10);
    const claim = ids.claim('e', 'one', ['{}'], { about: '[1]' });
    if (claim.known === undefined) claim.keep(predicted('one'));
    expect(ids.claim('e', 'one', ['{}'], { about: '[1]' }).known).toBeDefined();
    expect(() => ids.claim('e', 'one', ['{}'], { about: '[2]' })).toThrow(refused('prediction.id-taken'));
  });

  it('are not those that rows of another request have', () => {
    const ids = callerIds<Predicted>(10);
    keep(ids, 'a', ['{}', '{}']);
    expect(() => ids.claim('e', 'a.1', ['{}'])).toThrow(refused('prediction.id-taken'));
    keep(ids, 'b.0');
    expect(() => ids.claim('e', 'b', ['{}', '{}'])).toThrow(refused('prediction.id-taken'));
  });

  it('keep nothing of a version that is loaded no more, and are not predicted again by another', () => {
    const ids = callerIds<Predicted>(10);
    keep(ids, 'one');
    ids.forgetModels(() => false);
    expect(() => ids.claim('e', 'one', ['{"a":1}'])).toThrow(refused('prediction.id-answered'));
  });

  it('of requests without rows are forgotten as well', () => {
    const ids = callerIds(1);
    for (const id of ['one', 'two']) keep(ids, id, []);
    expect(ids.claim('e', 'one', ['{"a":2}']).known).toBeUndefined();
  });

  it('are forgotten, the oldest first, beyond the rows that are kept', () => {
    const ids = callerIds(2);
    for (const id of ['one', 'two', 'three']) keep(ids, id);
    expect(ids.claim('e', 'three', ['{"a":1}']).known).toBeDefined();
    expect(ids.claim('e', 'one', ['{"a":2}']).known).toBeUndefined();
  });

  it('are not remembered where none is to be', () => {
    const ids = callerIds(0);
    keep(ids, 'one');
    expect(ids.claim('e', 'one', ['{"a":2}']).known).toBeUndefined();
  });

  it('are numbered where a request has several rows', () => {
    expect([idsOfRows('x', 1), idsOfRows('x', 2)]).toEqual([['x'], ['x.0', 'x.1']]);
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(129), 'a\n'])('%j is refused', (id) => {
    expect(() => callerIdOf(id)).toThrow(refused('request.invalid'));
  });

  it('take room by the size of what was predicted, the oldest forgotten first, and not more than a share of it', () => {
    const ids = callerIds<Predicted>(100);
    const keepLarge = (id: string, bytes: number) => {
      const claim = ids.claim('e', id, ['{}']);
      if (claim.known === undefined) claim.keep(predicted(id), bytes);
    };
    const parts = 12 * 4096;
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) keepLarge(id, parts);
    expect(ids.claim('e', 'i', ['{}']).known).toEqual(predicted('i'));
    expect(ids.claim('e', 'a', ['{}']).known).toBeUndefined();
    keepLarge('large', 13 * 4096);
    expect(() => ids.claim('e', 'large', ['{}'])).toThrow(
      'The prediction large was made before, and its answer is not kept: its 53248 bytes are too many to be remembered.',
    );
  });

  it('tell tensors apart by their bytes', () => {
    const ids = callerIds<Predicted>(10);
    const tensor = (value: number) => ['["x","uint8",[1],1]', Uint8Array.of(value)];
    const claim = ids.claim('e', 'one', tensor(1), { rows: 1 });
    if (claim.known === undefined) claim.keep(predicted('one'));
    expect(ids.claim('e', 'one', tensor(1), { rows: 1 }).known).toBeDefined();
    expect(() => ids.claim('e', 'one', tensor(2), { rows: 1 })).toThrow(refused('prediction.id-taken'));
  });
});
