/** JSON has no infinite numbers; a split that only sets missing apart has one as its threshold. */
const INFINITE = new Map(Object.entries({ Infinity, '-Infinity': -Infinity, NaN: Number.NaN }));

/** The number as JSON can hold it. */
export function finiteText(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** What {@link finiteText} was given. */
export function numberOf(value: number | string): number {
  return typeof value === 'string' ? (INFINITE.get(value) ?? Number.NaN) : value;
}
