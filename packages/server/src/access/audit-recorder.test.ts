import { describe, expect, it } from 'vitest';
import type { NewAuditEntry } from './audit-chain.ts';
import { auditRecorder, type Noted } from './audit-recorder.ts';

const MINUTE = 60_000;

function recorded() {
  const entries: NewAuditEntry[] = [];
  const clock = { at: 0, now: () => clock.at };
  const recorder = auditRecorder(async (entry) => void entries.push(entry), clock);
  return { entries, clock, recorder };
}

const read = (subject: string, principal = 'key_1'): Noted => ({
  who: 'reader',
  principal,
  what: 'datasets.preview',
  subject,
});
const refused = (address: string): Noted => ({
  who: `anonymous, ${address}`,
  principal: null,
  what: 'access.unknown-key',
  subject: 'GET /api/v1/keys',
});

describe('the audit recorder', () => {
  it('appends the first of equal reads at once, and how often they came again when the window is over', async () => {
    const { entries, clock, recorder } = recorded();
    for (let i = 0; i < 5; i++) await recorder.read(read('orders'));
    await recorder.read(read('orders', 'key_2'));
    await recorder.read(read('customers'));
    expect(entries.map(({ principal, subject }) => [principal, subject])).toEqual([
      ['key_1', 'orders'],
      ['key_2', 'orders'],
      ['key_1', 'customers'],
    ]);
    clock.at = 9 * MINUTE;
    await recorder.flush('over');
    expect(entries).toHaveLength(3);
    clock.at = 10 * MINUTE;
    await recorder.flush('over');
    expect(entries.slice(3)).toMatchObject([
      { principal: 'key_1', subject: 'orders', details: { repeats: 4 } },
    ]);
    await recorder.read(read('orders'));
    expect(entries).toHaveLength(5);
  });

  it('counts a refusal of a caller whatever it asked for', async () => {
    const { entries, recorder } = recorded();
    for (const subject of ['GET /a', 'GET /b', 'GET /c'])
      await recorder.denial({ ...refused('::1'), subject });
    await recorder.flush('all');
    expect(entries).toMatchObject([{ subject: 'GET /a' }, { subject: 'GET /a', details: { repeats: 2 } }]);
  });

  it('takes a hundred thousand refusals from as many addresses in some fifty entries, and loses none of the count', async () => {
    const { entries, recorder } = recorded();
    const FLOOD = 100_000;
    for (let i = 0; i < FLOOD; i++) await recorder.denial(refused(String(i)));
    await recorder.read(read('orders'));
    await recorder.flush('all');
    expect(entries.length).toBeLessThan(110);
    const beyond = entries.find(({ what }) => what === 'audit.more-denials');
    const single = entries.filter(({ what }) => what === 'access.unknown-key').length;
    expect(Number(beyond?.details?.['count']) + single).toBe(FLOOD);
    expect(entries.some(({ subject }) => subject === 'orders')).toBe(true);
  });
});
