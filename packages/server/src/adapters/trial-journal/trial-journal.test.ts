import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newId } from '../../kernel/index.ts';
import type { JournalEntry } from '../../stages/train/index.ts';
import { filesOf, placeFiles } from '../../testing/folder-tree.ts';
import { forgetSearches, openTrialJournal, sayEnough, watchEnough } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function entry(number: number): JournalEntry {
  const model = {
    link: 'identity' as const,
    outputs: 1,
    base: [0.1 + number],
    trees: [],
    linear: [],
    parts: [],
  };
  return {
    kind: 'fit',
    number,
    candidate: { learner: 'linear', params: { l2: 0.1, maxSteps: 10 } },
    why: 'a test',
    race: 'none',
    fold: 0,
    fit: {
      model,
      validationMargins: Float64Array.of(0.1, Number.NaN, -0),
      curve: [1, 0.5],
      importance: Float64Array.of(1),
      settled: { l2: 0.1 },
      cutShort: false,
      hopeless: false,
      seconds: 0.25,
    },
    elapsed: number,
  };
}

describe('a journal of trials', () => {
  test('gives back to another process what was appended, to the bit', async () => {
    const journal = openTrialJournal(folder);
    expect(await journal.read()).toEqual([]);
    await Promise.all([1, 2, 3].map((number) => journal.append(entry(number))));
    expect(await openTrialJournal(folder).read()).toEqual([1, 2, 3].map(entry));
  });

  test('leaves out an entry that was half written, and goes on behind the last whole one', async () => {
    await openTrialJournal(folder).append(entry(1));
    const whole = readFileSync(join(folder, 'journal'));
    appendFileSync(join(folder, 'journal'), whole.subarray(17, whole.length - 9));
    const again = openTrialJournal(folder);
    expect(await again.read()).toEqual([entry(1)]);
    await again.append(entry(2));
    expect(await openTrialJournal(folder).read()).toEqual([entry(1), entry(2)]);
  });

  test('leaves out an entry whose bytes were changed, and what came after it', async () => {
    const journal = openTrialJournal(folder);
    for (const number of [1, 2, 3]) await journal.append(entry(number));
    const bytes = readFileSync(join(folder, 'journal'));
    const second = 17 + (bytes.length - 17) / 3;
    bytes[second + 60]! ^= 1;
    writeFileSync(join(folder, 'journal'), bytes);
    expect(await openTrialJournal(folder).read()).toEqual([entry(1)]);
  });

  test('of another form is not read', async () => {
    writeFileSync(join(folder, 'journal'), 'something else');
    const journal = openTrialJournal(folder);
    expect(await journal.read()).toEqual([]);
    await journal.append(entry(1));
    expect(await openTrialJournal(folder).read()).toEqual([entry(1)]);
  });
});

test('a search that was told it has tried enough hears it, also when it begins afterwards', async () => {
  const before = watchEnough(join(folder, 'job'));
  expect(before.aborted).toBe(false);
  await sayEnough(join(folder, 'job'));
  expect(watchEnough(join(folder, 'job')).aborted).toBe(true);
  await vi.waitFor(() => expect(before.aborted).toBe(true), { timeout: 10_000 });
});

test('searches of jobs that are over are forgotten, those of open ones stay', async () => {
  const [open, over] = [newId('job'), newId('job')];
  for (const job of [open, over]) await openTrialJournal(join(folder, job)).append(entry(1));
  await forgetSearches(folder, async () => new Set([open]));
  expect(await openTrialJournal(join(folder, open)).read()).toHaveLength(1);
  expect(existsSync(join(folder, over))).toBe(false);
});

test('what is not named like a job stays, and what a link leads to', async () => {
  const [trials, project] = [join(folder, 'trials'), join(folder, 'project')];
  await placeFiles(trials, ['mine.txt', 'job_1/mine', `${newId('job')}.bak/mine`, 'enough', 'journal']);
  await placeFiles(project, ['src/main.ts']);
  const [mine, theirs] = [await filesOf(trials), await filesOf(project)];
  symlinkSync(project, join(trials, newId('job')));
  await forgetSearches(trials, async () => new Set());
  expect(await filesOf(trials)).toEqual(mine);
  expect(await filesOf(project)).toEqual(theirs);
});
