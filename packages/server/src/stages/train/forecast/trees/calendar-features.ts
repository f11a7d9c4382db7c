import type { TreePlan } from '../model.ts';

const DAY = 86_400_000;

type Part = { name: string; of: (date: Date) => number };

const MONTH: Part = { name: 'month', of: (date) => date.getUTCMonth() };
const WEEKDAY: Part = { name: 'weekday', of: (date) => date.getUTCDay() };
const HOUR: Part = { name: 'hour', of: (date) => date.getUTCHours() };
const MINUTE: Part = { name: 'minute', of: (date) => date.getUTCMinutes() };
const TIME_OF_DAY: Part = { name: 'time-of-day', of: (date) => date.getTime() % DAY };
const DAY_OF_MONTH: Part = { name: 'day-of-month', of: (date) => date.getUTCDate() };
const DAY_OF_YEAR: Part = {
  name: 'day-of-year',
  of: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY),
};

/** What of the date of a step can matter, by how far the steps are apart. */
export function calendarParts({ frequency, form }: Pick<TreePlan, 'frequency' | 'form'>): Part[] {
  if (frequency.kind === 'month') return frequency.months < 12 ? [MONTH] : [];
  if (frequency.kind === 'business-day') return [WEEKDAY, DAY_OF_MONTH, MONTH, DAY_OF_YEAR];
  if (frequency.unit === 'number') return [];
  if (frequency.step >= 7 * DAY) return [DAY_OF_YEAR, DAY_OF_MONTH];
  if (frequency.step >= DAY) return [WEEKDAY, DAY_OF_MONTH, MONTH, DAY_OF_YEAR];
  if (form === 2) return [TIME_OF_DAY, WEEKDAY, MONTH, DAY_OF_YEAR];
  const parts = [HOUR, WEEKDAY, MONTH];
  return frequency.step % 3_600_000 === 0 ? parts : [MINUTE, ...parts];
}
