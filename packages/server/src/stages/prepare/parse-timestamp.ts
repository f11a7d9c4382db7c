const ISO =
  /^\s*(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.](\d{1,9}))?)?)? ?(Z|z|[-+]\d{2}(?::?\d{2})?)?)?\s*$/;

/**
 * Epoch milliseconds (with fraction below a millisecond) of ISO 8601 text: a month, a day, or a moment, in UTC unless an
 * offset is given. Null when it is none, or names a day or time that does not exist.
 */
export function parseTimestamp(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const whole = utc(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  if (whole === null) return null;
  // Microseconds, as the files of a dataset keep them.
  const microseconds = Number(fraction.slice(0, 6).padEnd(6, '0'));
  return whole - offsetMinutes(zone) * 60_000 + microseconds / 1000;
}

function utc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | null {
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  date.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years 0 to 99 for 1900 to 1999
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() : null;
}

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined || /^z$/i.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone[0] === '-' ? -minutes : minutes;
}
