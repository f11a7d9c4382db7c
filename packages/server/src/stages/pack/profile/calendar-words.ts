/** Languages whose names of weekdays and months are known. */
const LANGUAGES = 'en de fr es it pt nl da sv nb fi pl cs sk hu ro tr ru uk el id vi ja zh ko ar he hi'.split(
  ' ',
);
/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;

let weekdays: ReadonlySet<string> | undefined;
let months: ReadonlySet<string> | undefined;

/** Whether text names a day of the week, in full or shortened, in one of the known languages. */
export function isWeekday(text: string): boolean {
  weekdays ??= wordsOf('weekday', (i) => MONDAY + i * DAY, 7);
  return weekdays.has(plain(text));
}

/** The same of a month. */
export function isMonth(text: string): boolean {
  months ??= wordsOf('month', (i) => Date.UTC(2024, i, 15), 12);
  return months.has(plain(text));
}

/** Text with a year, as of a day, week, month or quarter: `2024-03`, `2024W05`, `Q1 2024`, `Jan 2024`. */
export function isCalendarText(text: string): boolean {
  return text.length <= 24 && /(?<!\d)(?:19|20)\d\d(?!\d)/.test(text);
}

function wordsOf(part: 'weekday' | 'month', moment: (i: number) => number, count: number): Set<string> {
  const words = new Set<string>();
  for (const language of LANGUAGES) {
    for (const form of ['long', 'short'] as const) {
      const format = new Intl.DateTimeFormat(language, { [part]: form, timeZone: 'UTC' });
      for (let i = 0; i < count; i++) words.add(plain(format.format(moment(i))));
    }
  }
  // English abbreviations beside those of Intl.
  for (const word of part === 'weekday' ? ['tues', 'thur', 'thurs', 'weds'] : ['sept']) words.add(word);
  return words;
}

function plain(text: string): string {
  return text.trim().toLowerCase().replace(/\.$/, '');
}
