import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cleanUp, type Platform, startPlatform } from './slipway.ts';

const MINUTES = 60_000;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
}, 2 * MINUTES);
afterAll(cleanUp);

/** Numbers that look random and are the same every time. */
const noise = (i: number, seed: number) => Math.abs(Math.sin(i * 12.9898 + seed * 78.233) * 43_758.5453) % 1;

/** Customers, some of whom left; a refund is only ever paid to those, and nearly all are written down in `status`. */
async function table(name: string, rows: number, seed: number): Promise<string> {
  const lines = Array.from({ length: rows }, (_, i) => {
    const months = Math.floor(60 * noise(i, seed));
    const left = noise(i, seed + 1) < 0.6 - months / 120;
    const status = (i === 5 ? !left : left) ? 'closed' : 'open';
    const refund = left && noise(i, seed + 2) < 0.5 ? (90 * noise(i, seed + 3)).toFixed(2) : '';
    return [months, status, refund, left ? 'yes' : 'no'].join(',');
  });
  const path = join(platform.folder, '..', name);
  await writeFile(path, `months,status,refund,left\n${lines.join('\n')}\n`);
  return path;
}

const gateOf = (result: ShipResult) => result.gates.find(({ id }) => id === 'leakage');
const told = ({ suspectedLeakage = [] }: ShipResult) =>
  suspectedLeakage.map(({ column, evidence, allowed }) => ({ column, evidence, allowed }));

it(
  'a model with structural evidence of leakage is kept and not deployed, until its columns are left out or allowed',
  async () => {
    const file = await table('left.csv', 900, 1);
    const ship = ['ship', file, '--target', 'left', '--budget', '3s'];
    const blocked = await platform.answer<ShipResult>(ship, { code: 10 });
    expect(blocked).toMatchObject({ endpoint: null, promoted: false, model: { version: 1 } });
    expect(gateOf(blocked)).toMatchObject({ passed: false, observed: 2 });
    expect(blocked.verdict).toContain('--exclude status --exclude refund');
    expect(blocked.verdict).toContain('--allow-leakage status --allow-leakage refund');
    expect(told(blocked)).toEqual([
      { column: 'status', evidence: 'near-copy', allowed: false },
      { column: 'refund', evidence: 'known-afterwards', allowed: false },
    ]);

    const part = [...ship, '--exclude', 'status', '--allow-leakage', 'refund'];
    const { stderr, code } = await platform.run(part);
    expect(code).toBe(0);
    const [before, end] = stderr.split('\nNext:');
    expect(before).not.toMatch(/leakage suspected/i);
    expect(end).toMatch(/Leakage, allowed with --allow-leakage:\n {2}refund/);
    const card = await platform.run(['models', 'card', 'left', '2']);
    expect(card.stdout).toContain(
      'Leakage, allowed for this model: refund is filled in only where left is yes',
    );

    // The allowance is kept with the model; what the new rows would not have is blocked as before.
    const later = await table('later.csv', 300, 50);
    const retrained = await platform.run(['retrain', 'left', later, '--budget', '3s', '--json']);
    const kept = JSON.parse(retrained.stdout) as ShipResult; // other gates may say no to the new model
    expect(gateOf(kept)).toMatchObject({ passed: true });
    expect(told(kept)).toEqual([{ column: 'refund', evidence: 'known-afterwards', allowed: true }]);
  },
  5 * MINUTES,
);

it('a column to allow that there is not is refused', async () => {
  const file = await table('typo.csv', 100, 3);
  const { code, stderr } = await platform.run([
    ...['ship', file, '--target', 'left', '--budget', '3s'],
    ...['--allow-leakage', 'refnud'],
  ]);
  expect(code).toBe(6);
  expect(stderr).toContain('leakage.column-missing');
});
