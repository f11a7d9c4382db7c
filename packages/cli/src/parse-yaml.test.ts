import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readMapping } from './parse-training-options.ts';

const folder = await mkdtemp(join(tmpdir(), 'slipway-yaml-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function reading(text: string): Promise<unknown> {
  const path = join(folder, 'train.yaml');
  await writeFile(path, text);
  return readMapping(path);
}

it('options are read out of YAML and JSON', async () => {
  expect(await reading('train: { budget: 30s }\n')).toEqual({ train: { budget: '30s' } });
  expect(await reading('{"leaves": [15, 31]}')).toEqual({ leaves: [15, 31] });
});

it.each([
  [
    'keys that are mappings, whose text takes minutes to make',
    '? '.repeat(90),
    /a key is a list, a mapping or an alias/,
  ],
  ['nesting that exhausts the stack', '['.repeat(100_000), /deeper than 100/],
  ['aliases of aliases', bomb(), /alias/i],
  ['a file that is too large', 'a: 1 # '.padEnd(1024 ** 2 + 1, 'x'), /more than 1 MiB/],
  ['a key that comes twice', 'a: 1\na: 2\n', /unique/i],
])('%s is refused at once', async (_, text, reason) => {
  const begun = process.cpuUsage();
  await expect(reading(text)).rejects.toMatchObject({
    code: 'command.invalid',
    message: expect.stringMatching(reason),
  });
  expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(2);
});

it('a file without an end is not read to its end', async () => {
  await expect(readMapping('/dev/zero')).rejects.toMatchObject({ code: 'command.invalid' });
});

/** Each list has ten of the one before: ten to the power of twenty. */
function bomb(): string {
  const lists = Array.from(
    { length: 20 },
    (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`,
  );
  return ['a0: &a0 [x]', ...lists].join('\n');
}
