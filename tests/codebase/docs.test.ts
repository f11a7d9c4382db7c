import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { STAGES } from '@slipway/contract';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/root.mjs';
import { folders } from './source-files.ts';

const ADRS = join(ROOT, 'docs/adr');

describe('the documentation', () => {
  test('has no link that leads nowhere', async () => {
    const pages = await Promise.all(
      (await markdownFiles()).map(async (file) => ({ file, text: await textOf(file) })),
    );
    expect(pages.length).toBeGreaterThan(15);
    const broken = pages.flatMap(({ file, text }) =>
      linksIn(text)
        .filter((link) => !existsSync(join(ROOT, dirname(file), link)))
        .map((link) => `${file} → ${link}`),
    );
    expect(broken).toEqual([]);
  });

  test('names no file that is not there', async () => {
    const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...(await decisions())];
    const lost = await Promise.all(
      pages.map(async (page) => pathsIn(await textOf(page)).filter((path) => !existsSync(join(ROOT, path)))),
    );
    expect(lost.flat()).toEqual([]);
  });

  test.each([
    ['docs/lifecycle.md', /^## (\w+)$/gm],
    ['README.md', /^\| \[(\w+)\]\(docs\/lifecycle\.md#\1\) \|/gm],
  ])('%s goes through the stages of the lifecycle in order', async (page, pattern) => {
    const told = [...(await textOf(page)).matchAll(pattern)].map((match) => match[1]);
    expect(told).toEqual([...STAGES]);
  });
});

describe('the decision records', () => {
  test('are numbered without gaps', async () => {
    const numbers = (await decisions()).map((path) => Number(path.slice('docs/adr/'.length).slice(0, 4)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test('each name the test or rule that holds them', async () => {
    for (const record of await decisions()) {
      const heldBy = (await textOf(record)).split('## Held by\n')[1] ?? '';
      expect(pathsIn(heldBy).length, `${record} names nothing that holds it`).toBeGreaterThan(0);
    }
  });
});

/** Pages of the repository itself and of its rooms. */
async function markdownFiles(): Promise<string[]> {
  const places = ['.', 'docs', 'docs/adr', 'docs/reference', ...(await folders())];
  const found = await Promise.all(
    [...new Set(places)].map(async (place) =>
      (await readdir(join(ROOT, place)))
        .filter((name) => name.endsWith('.md'))
        .map((name) => join(place, name)),
    ),
  );
  return found.flat();
}

async function decisions(): Promise<string[]> {
  const names = (await readdir(ADRS)).filter(
    (name) => /^\d{4}-.*\.md$/.test(name) && !name.startsWith('0000'),
  );
  return names.sort().map((name) => `docs/adr/${name}`);
}

const textOf = (file: string) => readFile(join(ROOT, file), 'utf8');

/** Relative targets of Markdown links, without their anchors. */
function linksIn(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!.split('#')[0]!);
  return targets.filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}

/** Paths from the root that a page names in backticks. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1]!);
  return quoted.filter((path) =>
    /^(?:packages|tests|scripts|docs|bench|\.ci|\.dependency-cruiser)[/.][^<>*…{}]*$/.test(path),
  );
}
