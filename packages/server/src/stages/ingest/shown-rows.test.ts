import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TemporaryLake, temporaryLake } from '../../testing/temporary-lake.ts';
import { inspectFile, previewRows } from './index.ts';
import { cutText, SHOWN } from './shown-rows.ts';

let lake: TemporaryLake;
beforeAll(async () => {
  lake = await temporaryLake();
});
afterAll(() => lake.close());

const preview = async (content: string, limit: number) => {
  const { manifest } = await lake.ingest('rows.csv', content);
  return previewRows(manifest, { offset: 0, limit }, lake.ports);
};

describe('rows that are shown', () => {
  it('are fewer of a wide table', async () => {
    const header = Array.from({ length: 400 }, (_, i) => `c${i}`).join(',');
    const rows = await preview(`${header}\n${`${'1,'.repeat(399)}1\n`.repeat(300)}`, 1000);
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.length).toBeLessThanOrEqual(SHOWN.cells / 400);
    expect(Object.keys(rows[0]!)).toHaveLength(400);
  });

  it('have long texts cut, and are fewer where there is much text', async () => {
    const columns = Array.from({ length: 100 }, (_, i) => `c${i}`);
    const text = (row: number) => `${row}${'é'.repeat(2000)}`;
    const content = Array.from({ length: 60 }, (_, row) => columns.map(() => text(row)).join(',')).join('\n');
    const rows = await preview(`${columns.join(',')}\n${content}\n`, 1000);
    expect(rows[3]!['c7']).toBe(`3${'é'.repeat(999)}…`);
    expect(rows.length).toBe(9);
    expect(JSON.stringify(rows).length).toBeLessThan(1.1 * SHOWN.characters);
  });

  it('are all that were asked for where they are small', async () => {
    expect(await preview(`a,b\n${'1,x\n'.repeat(1000)}`, 1000)).toHaveLength(1000);
  });
});

describe('a long text', () => {
  it('is cut between characters', () => {
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('abcd', 3)).toBe('abc…');
    expect(cutText('ab😀d', 3)).toBe('ab…');
  });

  it('is cut in the profile of a column too', async () => {
    const { profile } = await lake.ingest('long.csv', `a,b\n${'x'.repeat(50_000)},1\nshort,2\n`);
    const [column] = profile.columns;
    expect(column?.top?.map(({ value }) => value).toSorted()).toEqual(['short', `${'x'.repeat(1000)}…`]);
  });

  it('is no name of a column', async () => {
    const file = await lake.file('named.csv', `${'n'.repeat(2001)},b\n1,2\n`);
    await expect(inspectFile({ file, fileName: 'named.csv', limit: 1 }, lake.ports)).rejects.toMatchObject({
      code: 'file.too-complex',
      details: { limit: 2000 },
    });
  });
});
