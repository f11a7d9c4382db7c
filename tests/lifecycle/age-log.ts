import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const DAY = 86_400_000;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** Where an id of a prediction tells its time. */
const [TIME_FROM, TIME_TO] = [2, 12];

/**
 * Makes the logged predictions of an endpoint older, while the platform is stopped; it stands for waiting. Returns what
 * each id became.
 */
export async function ageLog(
  folder: string,
  endpoint: string,
  days: number,
): Promise<(id: string) => string> {
  const log = join(folder, 'predictions', endpoint);
  const older = (id: string) => olderId(id, days);
  for (const day of await readdir(log)) {
    for (const name of await readdir(join(log, day))) {
      const path = join(log, day, name);
      const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
      if (lines.length === 0) continue;
      const records = lines.map((line) => JSON.parse(line) as { id: string; ts: string });
      const aged = records.map((record) => ({
        ...record,
        id: older(record.id),
        ts: new Date(Date.parse(record.ts) - days * DAY).toISOString(),
      }));
      const first = aged[0]!.ts;
      const agedName = first.replaceAll(/[-:]/g, '') + name.slice(name.indexOf('Z-') + 1);
      await rm(path);
      await mkdir(join(log, first.slice(0, 10)), { recursive: true });
      const text = aged.map((record) => `${JSON.stringify(record)}\n`).join('');
      await writeFile(join(log, first.slice(0, 10), agedName), text);
    }
  }
  return older;
}

function olderId(id: string, days: number): string {
  const letters = id.slice(TIME_FROM, TIME_TO);
  let time = [...letters].reduce((sum, letter) => sum * 32 + ALPHABET.indexOf(letter), 0) - days * DAY;
  let told = '';
  for (let i = TIME_FROM; i < TIME_TO; i++) {
    told = ALPHABET[time % 32] + told;
    time = Math.floor(time / 32);
  }
  return id.slice(0, TIME_FROM) + told + id.slice(TIME_TO);
}
