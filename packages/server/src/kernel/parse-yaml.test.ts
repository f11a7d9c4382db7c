import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseYaml } from './parse-yaml.ts';

describe('YAML of others', () => {
  it.each([
    '',
    '# nothing\n',
    'a: 1\nb: [x, {c: "d: e"}]\n? f\n: |\n  text\n  more\n',
    'a: &a {b: 1}\nc: *a\n',
    '{"json": [1, 2.5, null, true, "é"]}',
    '- - 1\n  - 2\n-\n  a: ~\n',
    '%YAML 1.2\n---\na: !!str 1\n...\n',
    '"text"',
  ])('is what the package yaml makes of it: %j', (text) => {
    expect(parseYaml(text)).toEqual(parse(text));
  });

  it.each([
    ['lists in each other', '['.repeat(20_000)],
    ['mappings in each other', '{a: '.repeat(20_000)],
    ['lists in one line', '- '.repeat(20_000)],
    ['keys in keys', '? '.repeat(400)],
    ['keys in keys within lists', '[? '.repeat(90)],
    ['a mapping as a key', '{a: 1}: b'],
    ['a list as a key', '? - a\n: b'],
    ['an alias as a key', 'a: &a {b: 1}\nc: {*a : 1}'],
    [
      'aliases of aliases',
      Array.from({ length: 20 }, (_, i) => `a${i}: &a${i} [${i === 0 ? '1' : `*a${i - 1},`.repeat(9)}]`).join(
        '\n',
      ),
    ],
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['what is no YAML', 'a: [1'],
  ])('is refused for %s', (_, text) => {
    const before = process.cpuUsage();
    expect(() => parseYaml(text)).toThrow(Error);
    // Processor time, since refusing such text early is the point: some of it took minutes.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2_000);
  });

  it('may have many keys, of which the last of two counts', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `key${i}: ${i}`);
    expect(Object.keys(parseYaml(`${keys.join('\n')}\nkey0: x`) as object)).toHaveLength(20_000);
    expect(parseYaml('a: 1\na: 2')).toEqual({ a: 2 });
    expect(() => parseYaml('a: 1\na: 2', { uniqueKeys: true })).toThrow('unique');
  });
});
