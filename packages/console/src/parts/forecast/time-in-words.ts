/** A step's time: a date without its hours where it is midnight, else with its offset from UTC where it has one. */
export function timeInWords(time: string | number): string {
  if (typeof time === 'number') return String(time);
  return time
    .replace(/T00:00:00(?:\.000Z|[-+]\d\d:\d\d)$/, '')
    .replace('T', ' ')
    .replace(/(:00)?\.000Z$/, '')
    .replace(/(?::00)?([-+]\d\d:\d\d)$/, ' $1');
}
