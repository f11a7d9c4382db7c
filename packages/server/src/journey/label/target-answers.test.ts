import { describe, expect, it } from 'vitest';
import type { ColumnProfile, ColumnSchema, ColumnType } from '../ingest/index.ts';
import { targetAnswers } from './target-answers.ts';

function dataset(types: Record<string, ColumnType>, top: string[] = [], distinct = top.length) {
  const columns = Object.entries(types).map(
    ([name, type]): ColumnSchema => ({ name, type, role: 'categorical', nullable: true }),
  );
  const profiled = columns.map(
    (column): ColumnProfile => ({
      ...column,
      rows: 100,
      missing: 50,
      distinct,
      distinctApproximate: false,
      top: top.map((value) => ({ value, count: 1 })),
      notes: [],
    }),
  );
  return { schema: { columns }, profile: { columns: profiled } };
}

const ask = (target: string, more: { choices?: string[]; numbers?: boolean } = {}) => ({
  dataset: 'customers',
  target,
  numbers: false,
  ...more,
});
const unfit = (path: string) => expect.objectContaining({ code: 'label.target-unfit', path });

describe('the answers of a queue', () => {
  it('are those of the column when none are given, and the column is named as the dataset spells it', () => {
    const texts = dataset({ Churned: 'string' }, ['No', 'Yes']);
    expect(targetAnswers(ask('churned '), texts)).toEqual({
      target: 'Churned',
      type: 'string',
      choices: ['No', 'Yes'],
    });
    expect(targetAnswers(ask('ok'), dataset({ ok: 'boolean' }))).toMatchObject({
      choices: ['true', 'false'],
    });
    expect(targetAnswers(ask('size'), dataset({ size: 'number' }))).toMatchObject({
      type: 'number',
      choices: null,
    });
  });

  it('of a column that is not there are what is given, read as a file with them would be', () => {
    const none = dataset({ age: 'number' });
    const typeOf = (...choices: string[]) => targetAnswers(ask('mood', { choices }), none).type;
    expect(typeOf('good', 'bad')).toBe('string');
    expect(typeOf('1', '2', '3')).toBe('number');
    expect(typeOf('true', 'false')).toBe('boolean');
    expect(targetAnswers(ask('mood', { numbers: true }), none)).toMatchObject({
      type: 'number',
      choices: null,
    });
    expect(() => targetAnswers(ask('mood'), none)).toThrow(unfit('target'));
  });

  it('are refused where the column cannot hold them', () => {
    const choices = ['one', 'two'];
    expect(() => targetAnswers(ask('n', { choices }), dataset({ n: 'number' }))).toThrow(unfit('choices'));
    expect(() => targetAnswers(ask('t'), dataset({ t: 'timestamp' }))).toThrow(unfit('target'));
    expect(() => targetAnswers(ask('s', { numbers: true }), dataset({ s: 'string' }))).toThrow(
      unfit('numbers'),
    );
  });

  it('must be given where the column holds none, or more than a person can choose among', () => {
    expect(() => targetAnswers(ask('s'), dataset({ s: 'string' }))).toThrow(unfit('choices'));
    const many = dataset({ s: 'string' }, ['a', 'b'], 51);
    expect(() => targetAnswers(ask('s'), many)).toThrow(unfit('choices'));
    expect(targetAnswers(ask('s', { choices: ['a', ' b', 'b'] }), many).choices).toEqual(['a', 'b']);
  });
});
