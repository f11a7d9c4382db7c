import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { seededRandom } from '../../packages/server/src/kernel/index.ts';

const HEADING = 'customer_id,signed_up,plan,city,age,income,visits,balance,last_seen,churned\n';
const PLANS = ['basic', 'plus', 'family', 'business'];
const CITIES = Array.from({ length: 200 }, (_, i) => `city ${String(i).padStart(3, '0')}`);
const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.UTC(2018, 0, 1);
const ROWS_A_CHUNK = 5_000;

/**
 * Writes a CSV file of 10 columns: a number of the row, a date, two categories, three whole and one fractional number
 * with missing values, a moment, and a target of two classes that depends on five of them. About 81 bytes a row:
 * 5,000,000 rows are some 404 MB. The same seed gives the same bytes.
 */
export async function writeMixedTable(path: string, rows: number, seed: number): Promise<void> {
  await pipeline(Readable.from(chunks(rows, seed)), createWriteStream(path));
}

function* chunks(rows: number, seed: number): Generator<string> {
  const random = seededRandom(seed);
  yield HEADING;
  for (let from = 0; from < rows; from += ROWS_A_CHUNK) {
    let text = '';
    for (let row = from; row < Math.min(rows, from + ROWS_A_CHUNK); row++) text += line(row, random);
    yield text;
  }
}

function line(row: number, random: () => number): string {
  const day = Math.floor(random() * 2_000);
  const plan = Math.floor(random() * PLANS.length);
  const city = Math.floor(random() * random() * CITIES.length);
  const age = 18 + Math.floor(random() * 70);
  const income = Math.round(1_000_000 * (1 + 9 * random() ** 3)) / 100;
  const visits = Math.floor(-20 * Math.log(1 - random()));
  const balance = (random() - 0.3) * 5_000;
  const seenMs = FIRST_DAY_MS + day * DAY_MS + Math.floor(random() * 700 * DAY_MS);
  const logit =
    0.9 - 0.05 * visits + 0.4 * plan - income / 60_000 + (balance < 0 ? 0.8 : 0) + (city % 7 === 0 ? 0.7 : 0);
  const churned = random() < 1 / (1 + Math.exp(-logit)) ? 'yes' : 'no';
  const signedUp = new Date(FIRST_DAY_MS + day * DAY_MS).toISOString().slice(0, 10);
  const lastSeen = new Date(seenMs).toISOString().slice(0, 19).replace('T', ' ');
  const known = random() < 0.03 ? '' : income.toFixed(2);
  return `${10_000_000 + row},${signedUp},${PLANS[plan]},${CITIES[city]},${age},${known},${visits},${balance.toFixed(4)},${lastSeen},${churned}\n`;
}
