/** A step's time: a date without its hours where it has none. */
export function timeInWords(time: string | number): string {
  if (typeof time === 'number') return String(time);
  return time
    .replace(/T00:00:00\.000Z$/, '')
    .replace('T', ' ')
    .replace(/(:00)?\.000Z$/, '');
}
