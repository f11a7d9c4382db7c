import { readFile } from 'node:fs/promises';

/** The rows of a CSV file without line breaks in its fields. */
export async function csvOf(path: string): Promise<Record<string, string>[]> {
  const [heading = '', ...lines] = (await readFile(path, 'utf8')).trim().split(/\r?\n/);
  const names = fieldsOf(heading);
  return lines.map((line) => Object.fromEntries(fieldsOf(line).map((cell, i) => [names[i]!, cell])));
}

function fieldsOf(line: string): string[] {
  return [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );
}
