import type { Frequency } from '../model.ts';

const DAY = 86_400_000;
/** 1970-01-01 was a Thursday: Monday of that week lies three days before. */
const MONDAY_OFFSET = 3;

/** The step that a time lies on, or a fraction of the way to the next one when it lies between two. */
export function stepOf(frequency: Frequency, time: number): number {
  switch (frequency.kind) {
    case 'fixed':
      return (time - frequency.origin) / frequency.step;
    case 'business-day':
      return businessStep(time - frequency.timeOfDay);
    case 'month':
      return monthStep(frequency, time);
  }
}

/** The time of a step. */
export function timeOf(frequency: Frequency, step: number): number {
  switch (frequency.kind) {
    case 'fixed':
      return frequency.origin + step * frequency.step;
    case 'business-day':
      return (Math.floor(step / 5) * 7 + modulo(step, 5) - MONDAY_OFFSET) * DAY + frequency.timeOfDay;
    case 'month':
      return monthTime(frequency, step);
  }
}

function businessStep(time: number): number {
  const days = time / DAY + MONDAY_OFFSET;
  const whole = Math.floor(days);
  const weekday = modulo(whole, 7);
  // Saturday and Sunday lie between Friday and Monday.
  if (weekday > 4) return Math.floor(whole / 7) * 5 + 4 + (weekday - 4 + (days - whole)) / 3;
  return Math.floor(whole / 7) * 5 + weekday + (days - whole);
}

type Monthly = Extract<Frequency, { kind: 'month' }>;

/** Any moment of a month belongs to it: dates of monthly figures are the first, the last or any day of their month. */
function monthStep({ months, phase }: Monthly, time: number): number {
  const date = new Date(time);
  return (date.getUTCFullYear() * 12 + date.getUTCMonth() - phase) / months;
}

function monthTime({ months, phase, day, timeOfDay }: Monthly, step: number): number {
  const month = step * months + phase;
  const [year, monthOfYear] = [Math.floor(month / 12), modulo(month, 12)];
  const days = new Date(Date.UTC(year, monthOfYear + 1, 0)).getUTCDate();
  return Date.UTC(year, monthOfYear, Math.min(day, days)) + timeOfDay;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
