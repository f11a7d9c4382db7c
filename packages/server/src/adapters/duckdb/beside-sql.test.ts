import { expect, it } from 'vitest';
import { besideHeading } from './beside-sql.ts';

it('makes names of columns inert in the heading of CSV that a spreadsheet would take for formulas', () => {
  const column = (as: string) => ({ name: as, as, type: 'string' as const });
  const side = (...names: string[]) => ({ files: [], columns: names.map(column) });
  const left = side('age', '=cmd()', '+A1', '@SUM(1,2)', '-x', '\t=1', '-1', '+2.5');
  const right = side('prediction', '=HYPERLINK("http://x")');
  expect(besideHeading({ left, right } as unknown as Parameters<typeof besideHeading>[0])).toBe(
    `age,'=cmd(),'+A1,"'@SUM(1,2)",'-x,"'\t=1",-1,+2.5,prediction,"'=HYPERLINK(""http://x"")"`,
  );
});
