import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bash } from './shell.ts';

const MINUTES = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway two é-'));
  const rows = Array.from(
    { length: 200 },
    (_, row) => `${row % 37},${row % 11},${row % 37 > 18 ? 'yes' : 'no'}`,
  );
  for (const name of ['first.csv', 'second.csv'])
    await writeFile(join(folder, name), `a,b,target\n${rows.join('\n')}\n`);
  await writeFile(join(folder, 'large.csv'), `a,b,c,d,target\n${manyRows().join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Rows whose search takes all of its budget, so that a signal comes in the middle of it on any machine. */
function manyRows(): string[] {
  const value = (row: number, column: number) => ((row * 7919 + column * 104_729) * 2_654_435_761) % 1009;
  return Array.from({ length: 20_000 }, (_, row) => {
    const [a = 0, b = 0, c = 0, d = 0] = [1, 2, 3, 4].map((column) => value(row, column));
    return [a, b, c, d, (a * b + c * d) % 101 > 50 ? 'yes' : 'no'].join();
  });
}

/** Two commands that start at once, and how each ended: its code, the endpoint's version, and what it said. */
async function atOnce(first: string, second: string, data: string) {
  const words = `--data ${data} --port 0 --inference-port 0 --json`;
  const script = `slipway ${first} ${words} > 1.out 2> 1.err & one=$!
    slipway ${second} ${words} > 2.out 2> 2.err & two=$!
    wait $one; a=$?; wait $two; echo "$a $?"; cat 1.out; echo; cat 2.out; cat 1.err 2.err >&2`;
  const { stdout, stderr } = await bash(script, { cwd: folder });
  return { codes: stdout.split('\n')[0], stdout, stderr };
}

describe('two commands on one data folder that runs no platform', () => {
  it(
    'both ship their table, whichever starts the platform and whichever ends first',
    async () => {
      const ship = (file: string, seconds: number) =>
        `ship ${file} --target target --budget ${seconds}s --exit`;
      const { codes, stdout, stderr } = await atOnce(ship('first.csv', 1), ship('second.csv', 4), 'both');
      expect({ codes, stderr }).toMatchObject({ codes: '0 0' });
      expect(stdout).toMatch(/"name":"first".*"name":"second"/s);
      const { code, stdout: held } = await bash(
        'slipway train first --target target --budget 1s --data both --port 0 --inference-port 0 --json',
        { cwd: folder },
      );
      expect({ code, held }).toMatchObject({ code: 0 });
    },
    4 * MINUTES,
  );

  it(
    'the same table by both makes two versions, one after the other',
    async () => {
      const ship = 'ship first.csv --target target --budget 1s --exit';
      const { codes, stderr } = await atOnce(ship, ship, 'same');
      // A second model of the same rows need not be better than the first: a gate may refuse it (10).
      expect({ codes, stderr }).toEqual({ codes: expect.stringMatching(/^(0 0|0 10|10 0)$/), stderr });
    },
    4 * MINUTES,
  );
});

describe('a platform that a command started for itself', () => {
  it(
    'is named with its end where it is killed',
    async () => {
      const words = '--data killed --port 0 --inference-port 0';
      const { stdout, stderr } = await bash(
        `slipway ship large.csv --target target --budget 120s --exit ${words} > 1.out 2> 1.err & one=$!
        until grep -q 'ingest' 1.err; do kill -0 $one || break; sleep 0.1; done
        kill -9 "$(grep -o '"pid":[0-9]*' killed/server.json | cut -d: -f2)"
        wait $one; echo $?; cat 1.err >&2`,
        { cwd: folder },
      );
      expect({ code: stdout.trim(), stderr }).toMatchObject({ code: '7' });
      expect(stderr).toMatch(/The platform \(process \d+\) was ended by SIGKILL/);
      expect(stderr).toContain('server.unreachable');
    },
    4 * MINUTES,
  );
});
