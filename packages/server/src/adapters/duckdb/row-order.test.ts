import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('no query asks with IN and a list: the engine makes a join of it, which loses the order of rows', () => {
  const folder = import.meta.dirname;
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const found = sources.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => / IN \(/.test(line) && !/^\s*(?:\/\/|\*)/.test(line))
      .map((line) => `${name}: ${line.trim()}`),
  );
  expect(sources.length).toBeGreaterThan(5);
  expect(found).toEqual([]);
});
