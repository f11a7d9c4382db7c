import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/index.ts';
import { filesOf, placeFiles } from '../../testing/folder-tree.ts';
import { forgetShelves, openJobShelf } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-shelf-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a shelf of a job', () => {
  it('gives what was put there to whoever opens it later, and nothing else', async () => {
    const made = join(folder, 'made');
    await writeFile(made, 'rows');
    const shelf = openJobShelf(join(folder, 'job_1'));
    expect(await shelf.find('rows.parquet')).toBeUndefined();
    expect(await shelf.get('about')).toBeUndefined();
    const place = await shelf.putFile('rows.parquet', made);
    await shelf.put('about', { rows: 4 });

    const again = openJobShelf(join(folder, 'job_1'));
    expect(await again.find('rows.parquet')).toBe(place);
    expect(await readFile(place, 'utf8')).toBe('rows');
    expect(await again.get('about')).toEqual({ rows: 4 });
    expect(existsSync(made)).toBe(false);
    expect(await openJobShelf(join(folder, 'job_2')).find('rows.parquet')).toBeUndefined();
  });

  it('is forgotten with what lies on it once its job is over', async () => {
    const shelves = join(folder, 'shelves');
    const [open, over] = [newId('job'), newId('job')];
    for (const job of [open, over]) await openJobShelf(join(shelves, job)).put('about', job);
    await forgetShelves(shelves, async () => new Set([open]));
    expect(await openJobShelf(join(shelves, open)).get('about')).toBe(open);
    expect(existsSync(join(shelves, over))).toBe(false);
  });

  it('is all that goes: what is not named like a job stays, and what a link leads to', async () => {
    const [shelves, project] = [join(folder, 'shelves'), join(folder, 'project')];
    await placeFiles(shelves, ['mine.txt', 'job_1/mine', `${newId('job')}.bak/mine`, `${newId('run')}/mine`]);
    await placeFiles(project, ['src/main.ts']);
    const [mine, theirs] = [await filesOf(shelves), await filesOf(project)];
    await symlink(project, join(shelves, newId('job')));
    await forgetShelves(shelves, async () => new Set());
    expect(await filesOf(shelves)).toEqual(mine);
    expect(await filesOf(project)).toEqual(theirs);
  });

  it('takes what is put on it and nothing that lies beside', async () => {
    const shelf = join(folder, 'shelf');
    await placeFiles(shelf, ['rows', 'about.part.bak']);
    await placeFiles(folder, ['made.bak']);
    const [beside, before] = [await filesOf(shelf), await filesOf(folder)];
    await openJobShelf(shelf).put('about', 1);
    await writeFile(join(folder, 'made'), 'rows');
    await openJobShelf(shelf).putFile('rows.parquet', join(folder, 'made'));
    expect(await filesOf(shelf)).toMatchObject(beside);
    expect(await filesOf(folder)).toMatchObject(before);
  });
});
