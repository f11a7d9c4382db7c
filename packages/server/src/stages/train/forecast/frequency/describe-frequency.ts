import type { Frequency } from '../model.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MONTHLY: Record<number, string> = { 1: 'monthly', 3: 'quarterly', 12: 'yearly' };
const FIXED: readonly [number, string, string][] = [
  [7 * DAY, 'weekly', 'weeks'],
  [DAY, 'daily', 'days'],
  [HOUR, 'hourly', 'hours'],
  [MINUTE, 'every minute', 'minutes'],
  [1000, 'every second', 'seconds'],
];

/** `monthly`, `every 15 minutes`, … */
export function describeFrequency(frequency: Frequency): string {
  if (frequency.kind === 'business-day') return 'on business days';
  if (frequency.kind === 'month') return MONTHLY[frequency.months] ?? `every ${frequency.months} months`;
  if (frequency.unit === 'number') return frequency.step === 1 ? 'step by step' : `every ${frequency.step}`;
  const unit = FIXED.find(([length]) => frequency.step % length === 0);
  if (unit === undefined) return `every ${frequency.step} milliseconds`;
  const [length, once, many] = unit;
  return frequency.step === length ? once : `every ${frequency.step / length} ${many}`;
}
