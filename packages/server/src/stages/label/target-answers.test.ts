import { describe, expect, it } from 'vitest';
import type { ColumnProfile, ColumnSchema, ColumnType } from '../ingest/index.ts';
import { targetAnswers as answersOf } from './target-answers.ts';

const targetAnswers = (...given: Parameters<typeof answersOf>) => answersOf(...given).answers;

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
      consensus: 'majority',
      reading: {},
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

  it('may hold commas, and are warned of where the column does not hold them', () => {
    const plans = dataset({ plan: 'string' }, ['Yes, monthly', 'No']);
    const { answers, warnings } = answersOf(ask('plan', { choices: ['Yes, monthly', 'no', 'Maybe'] }), plans);
    expect(answers.choices).toEqual(['Yes, monthly', 'no', 'Maybe']);
    expect(warnings).toEqual([
      'The column plan does not hold the choice "no"; it holds "No".',
      'The column plan does not hold the choice "Maybe"; it holds Yes, monthly, No.',
    ]);
    const more = dataset({ plan: 'string' }, ['a'], 60);
    expect(answersOf(ask('plan', { choices: ['b', 'c'] }), more).warnings).toEqual([]);
  });

  it.each([
    ['0 and 1', { distinct: 2, min: 0, max: 1 }, true, ['0', '1'], 'majority'],
    ['two numbers', { distinct: 2, min: 0.5, max: 7 }, false, ['0.5', '7'], 'majority'],
    ['grades from 1 to 5', { distinct: 5, min: 1, max: 5 }, true, ['1', '2', '3', '4', '5'], 'majority'],
    ['codes with gaps', { distinct: 4, min: 1, max: 6 }, true, null, 'majority'],
    ['whole numbers far apart', { distinct: 50, min: 0, max: 900 }, true, null, 'median'],
    ['measured numbers', { distinct: 5, min: 0.1, max: 0.9 }, false, null, 'median'],
  ])('of a column of %s', (_, { distinct, min, max }, integer, choices, consensus) => {
    const { schema, profile } = dataset({ n: 'number' }, [], distinct);
    const numeric = {
      min,
      max,
      mean: min,
      standardDeviation: 1,
      quantiles: [],
      histogram: { edges: [], counts: [] },
    };
    const described = {
      schema: { columns: schema.columns.map((column) => ({ ...column, integer })) },
      profile: {
        columns: profile.columns.map((column) => ({ ...column, rows: 1000, top: undefined!, numeric })),
      },
    };
    expect(targetAnswers(ask('n'), described)).toMatchObject({ choices, consensus });
    const any = targetAnswers(ask('n', { numbers: true }), described);
    expect(any).toMatchObject({ choices: null, consensus });
  });
});
