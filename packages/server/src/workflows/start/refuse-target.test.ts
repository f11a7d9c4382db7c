import { describe, expect, it } from 'vitest';
import type { IngestOutput, PipelineRunRequest } from '../model.ts';
import { refuseTarget } from './refuse-target.ts';

type Asked = Parameters<typeof refuseTarget>[1];

/** A table of these columns, whose values vary. */
function tableOf(names: readonly string[]): Pick<IngestOutput, 'manifest' | 'profile'> {
  const columns = names.map((name) => ({ name, type: 'number', rows: 9, missing: 0, distinct: 5 }));
  return { manifest: { schema: { columns } }, profile: { columns } } as unknown as IngestOutput;
}

function asked(target: string, exclude: string[] = []): Asked {
  return { kind: 'ship', name: 'loans', target, ship: { exclude } } as unknown as PipelineRunRequest & Asked;
}

describe('what is asked of a table', () => {
  const loans = tableOf(['amount', 'months', 'default']);

  it('may leave columns out that there are', () => {
    expect(() => refuseTarget(loans, asked('default', ['amount']))).not.toThrow();
  });

  it('may not leave a column out that there is not, which would stay in unseen', () => {
    expect(() => refuseTarget(loans, asked('default', ['months', 'amuont']))).toThrow(
      expect.objectContaining({
        code: 'exclude.missing',
        path: 'exclude[1]',
        details: { column: 'amuont', dataset: 'loans', columns: ['amount', 'months', 'default'] },
      }),
    );
  });

  it('is one target, not several; a column whose name has a comma is one', () => {
    expect(() => refuseTarget(loans, asked('default, months'))).toThrow(
      expect.objectContaining({ code: 'target.several', details: { targets: ['default', 'months'] } }),
    );
    expect(() => refuseTarget(loans, asked('default,gone'))).toThrow(
      expect.objectContaining({ code: 'target.missing' }),
    );
    expect(() => refuseTarget(tableOf(['a', 'b', 'a,b']), asked('a,b'))).not.toThrow();
  });

  it('may not allow leakage of a column that there is not', () => {
    const wish = {
      kind: 'ship',
      name: 'loans',
      target: 'default',
      ship: { exclude: [], allowLeakage: ['gone'] },
    };
    expect(() => refuseTarget(loans, wish as unknown as Asked)).toThrow(
      expect.objectContaining({ code: 'leakage.column-missing', path: 'allowLeakage[0]' }),
    );
  });

  it.each([
    ['time', 'time.missing'],
    ['group', 'group.missing'],
    ['weight', 'weight.missing'],
  ])('may not take a column for the %s that there is not', (field, code) => {
    const wish = { ...asked('default'), ship: { exclude: [], [field]: 'mnths' } };
    expect(() => refuseTarget(loans, wish as unknown as Asked)).toThrow(
      expect.objectContaining({
        ...{ code, path: field },
        details: { column: 'mnths', dataset: 'loans', columns: ['amount', 'months', 'default'] },
      }),
    );
  });

  it('is told how many columns there are beyond those that are listed', () => {
    const wide = tableOf(Array.from({ length: 40 }, (_, i) => `c${i}`));
    expect(() => refuseTarget(wide, asked('gone'))).toThrow(
      expect.objectContaining({ code: 'target.missing', message: expect.stringContaining('gone') }),
    );
    expect(() => refuseTarget(wide, asked('gone'))).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('c29, and 10 more') }),
    );
  });
});
