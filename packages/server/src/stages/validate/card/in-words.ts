import { wilson } from '../reliability.ts';

/** A share as a count out of 100: whole, but for what would round to none or all. */
export function ofHundred(share: number): string {
  const count = share * 100;
  const digits = (count < 1 || count > 99) && count !== 0 && count !== 100 ? 1 : 0;
  return String(Number(count.toFixed(digits)));
}

/** `83 (95 % interval 70 to 91)`: of 100 rows. */
export function shareInWords(hits: number, rows: number): string {
  const { observed, low, high } = wilson(hits, rows);
  return `${ofHundred(observed)} (95 % interval ${ofHundred(low)} to ${ofHundred(high)})`;
}

export function percent(share: number): string {
  return `${ofHundred(share)} %`;
}

/** A number of the target's size: four significant digits, and whole where it is large. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return 'undefined';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en', { maximumFractionDigits: 0 });
  return String(Number(value.toPrecision(3)));
}

export function count(rows: number): string {
  return rows.toLocaleString('en');
}
