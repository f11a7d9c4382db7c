import { OPERATIONS, type OperationId } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { validateRequest } from './validate-request.ts';

const READERS: [OperationId, params: object, body: object][] = [
  ['uploads.inspect', { id: 'upl_1' }, {}],
  ['datasets.add', {}, { name: 'd', uploadId: 'upl_1' }],
  ['pipelineRuns.ship', {}, { uploadId: 'upl_1', target: 'y' }],
  ['pipelineRuns.train', {}, { uploadId: 'upl_1', target: 'y' }],
  ['endpoints.retrain', { name: 'e' }, { uploadId: 'upl_1' }],
  ['endpoints.predictFile', { name: 'e' }, { uploadId: 'upl_1' }],
  ['batches.start', {}, { model: 'm', uploadId: 'upl_1' }],
  ['labels.addFile', { name: 'e' }, { uploadId: 'upl_1' }],
];

const EVERYTHING = {
  delimiter: ';',
  quote: '',
  header: 3,
  skipRows: 2,
  comment: '#',
  encoding: 'windows-1252',
  missing: ['n.a.'],
  types: { zip: 'string' },
  decimal: ',',
  dateOrder: 'dmy',
  timeZone: 'Europe/Berlin',
  allowMissing: ['late'],
};

function sent(id: OperationId, params: object, body: unknown): unknown {
  return validateRequest(OPERATIONS[id], { params, query: {}, body }).body;
}

describe.each(READERS)('%s', (id, params, body) => {
  it('takes every reading option', () => {
    expect(sent(id, params, { ...body, read: EVERYTHING })).toMatchObject({ read: EVERYTHING });
  });

  it.each([
    ['two characters', { delimiter: '||' }, 'read.delimiter'],
    ['a header before the first line', { header: 0 }, 'read.header'],
    ['an encoding that is not read', { encoding: 'utf-7' }, 'read.encoding'],
    ['a type that there is not', { types: { zip: 'text' } }, 'read.types.zip'],
    ['a time zone that there is not', { timeZone: 'Berlin' }, 'read.timeZone'],
    ['too many words', { missing: Array.from({ length: 101 }, String) }, 'read.missing'],
    ['a word without an end', { missing: ['x'.repeat(101)] }, 'read.missing[0]'],
    ['a name without an end', { allowMissing: ['x'.repeat(501)] }, 'read.allowMissing[0]'],
    ['an option that there is not', { separator: ';' }, 'read'],
  ])('refuses %s with the path of the field', (_, read, path) => {
    expect(() => sent(id, params, { ...body, read })).toThrow(
      expect.objectContaining({ code: 'request.invalid', path }),
    );
  });
});

it.each([
  ['pipelineRuns.ship', { target: 'y' }],
  ['pipelineRuns.train', { target: 'y' }],
  ['batches.start', { model: 'm' }],
] as const)('%s refuses reading options for a dataset that is there already', (id, more) => {
  const body = { ...more, dataset: { name: 'customers' }, read: { delimiter: ';' } };
  expect(() => sent(id, {}, body)).toThrow(expect.objectContaining({ path: 'read' }));
});

it('models.optimize says which option of which file is wrong', () => {
  const body = (delimiter: string) => ({ on: { uploadId: 'upl_1', read: { delimiter } } });
  expect(sent('models.optimize', { name: 'm' }, body(';'))).toMatchObject(body(';'));
  expect(() => sent('models.optimize', { name: 'm' }, body(';;'))).toThrow(
    expect.objectContaining({ path: 'on.read.delimiter' }),
  );
});

it('a file is inspected for one purpose at most', () => {
  const both = { dataset: 'customers', model: 'churn' };
  expect(() => sent('uploads.inspect', { id: 'upl_1' }, both)).toThrow(
    expect.objectContaining({ code: 'request.invalid', path: 'dataset' }),
  );
});
