import type { NumberUnit } from '@slipway/contract';
import type { CodeTrial, RawKind, Reading, Thousands } from '../ports.ts';
import { isMissingWord } from '../settings.ts';
import { DATE_FORMATS, type DateFormat, DIGIT_FORMATS, formsOfOrder, NATIVE } from './date-formats.ts';
import { isCode, LARGEST_EXACT, plainNumber } from './number-text.ts';
import { type DateParser, dateParser } from './parse-date.ts';

/** Of sources that have timestamps of their own. */
export const NATIVE_TIMESTAMP: Reading = { as: 'timestamp', forms: [NATIVE], timeZone: 'UTC' };

/** What the user, or the file as a whole, says about how values are written. */
export type WritingHints = {
  /** Decimal mark that the numbers of the file have; both are tried where it is the comma. */
  decimal: '.' | ',';
  /** Only this mark is tried. */
  isDecimalCertain?: boolean;
  timeZone: string;
  missingWords: ReadonlySet<string>;
};

/** Marks that may stand between groups of three digits beside a decimal mark. */
const GROUP_MARKS: Record<'.' | ',', readonly Thousands[]> = {
  '.': ['', ',', ' ', "'"],
  ',': ['', '.', ' ', "'"],
};

/** Dates of one order in several forms, such as with and without a time. */
const MIXED_FORMS: readonly DateFormat[][] = (['ymd', 'mdy', 'dmy'] as const).map(formsOfOrder);

/** Every reading that text may have, the most telling first; a string always fits and is not listed. */
export function textReadings(
  hints: Pick<WritingHints, 'decimal' | 'isDecimalCertain' | 'timeZone'>,
): Reading[] {
  return [
    { as: 'boolean' },
    ...numberReadings(hints),
    ...[...DATE_FORMATS.map((form) => [form]), ...MIXED_FORMS].map(
      (forms): Reading => ({ as: 'timestamp', forms, timeZone: hints.timeZone }),
    ),
  ];
}

/** Readings of numbers beside which a unit stands. */
export function unitReadings(
  unit: NumberUnit | undefined,
  hints: Pick<WritingHints, 'decimal' | 'isDecimalCertain'>,
): Reading[] {
  if (unit === undefined) return [];
  return numberReadings(hints).map((reading) => ({ ...reading, unit }) as Reading);
}

function numberReadings({
  decimal,
  isDecimalCertain,
}: Pick<WritingHints, 'decimal' | 'isDecimalCertain'>): Reading[] {
  const decimals =
    decimal === ',' && isDecimalCertain !== true ? ([',', '.'] as const) : ([decimal] as const);
  const marks = decimals.flatMap((mark) =>
    GROUP_MARKS[mark].map((thousands) => ({ decimal: mark, thousands })),
  );
  const plain = marks.filter(({ thousands }) => thousands === '');
  const grouped = marks.filter(({ thousands }) => thousands !== '');
  return [plain, grouped].flatMap((some) =>
    (['integer', 'number'] as const).flatMap((as) => some.map((mark): Reading => ({ as, ...mark }))),
  );
}

/** Readings to try for a column whose source already has types; text of such sources may still hold dates. */
export function readingsOfKind(kind: RawKind, timeZone: string): Reading[] {
  const plain = { decimal: '.', thousands: '' } as const;
  switch (kind) {
    case 'text':
      return textReadings({ decimal: '.', timeZone }).filter((reading) => reading.as === 'timestamp');
    case 'number-text':
      return [
        { as: 'integer', ...plain },
        { as: 'number', ...plain },
      ];
    case 'integer':
      return [{ as: 'integer', ...plain }];
    case 'number':
      return [{ as: 'number', ...plain }];
    case 'boolean':
      return [{ as: 'boolean' }];
    case 'timestamp':
      return [NATIVE_TIMESTAMP];
    default:
      return [];
  }
}

/** What some values of a column leave possible. `row` is the place of the value among those looked at. */
export type Possible = {
  /** Readings that every present value fits, the most telling first. */
  clean: Reading[];
  /** Readings that at least half of the present values fit, but not all. */
  near: Reading[];
  /** The first code among values that are otherwise numbers. */
  code: { value: string; row: number } | null;
};

/** Readings that fewer values fit are given up after so many values. */
const LEAST_SEEN = 20;

/** What `values` leave possible of `readings`; null when no value is present. */
export function possibleReadings(
  values: Iterable<string>,
  readings: readonly Reading[],
  missingWords: ReadonlySet<string>,
): Possible | null {
  let left = readings.map((reading) => ({ reading, test: fitTest(reading), against: 0 }));
  let present = 0;
  let row = -1;
  let code: Possible['code'] = null;
  for (const value of values) {
    row++;
    if (isMissingWord(value, missingWords)) continue;
    present++;
    const text = value.trim();
    if (code === null && isCode(text)) code = { value: text, row };
    let isHopeless = false;
    for (const one of left) {
      if (!one.test(text)) one.against++;
      isHopeless ||= present >= LEAST_SEEN && one.against * 2 > present;
    }
    if (isHopeless) left = left.filter(({ against }) => against * 2 <= present);
  }
  if (present === 0) return null;
  const possible = left.filter(({ against }) => against * 2 <= present);
  const isNumber = (reading: Reading) => reading.as === 'integer' || reading.as === 'number';
  const kept = code === null ? possible : possible.filter(({ reading }) => !isNumber(reading));
  return {
    clean: kept.filter(({ against }) => against === 0).map(({ reading }) => reading),
    near: kept.filter(({ against }) => against > 0).map(({ reading }) => reading),
    code: code !== null && possible.some(({ reading }) => isNumber(reading)) ? code : null,
  };
}

/** Whether a present, trimmed value fits a reading, or is no code. The engine's SQL says the same. */
export function fits(text: string, reading: Reading | CodeTrial): boolean {
  return reading.as === 'code' ? !isCode(text) : fitTest(reading)(text);
}

function fitTest(reading: Reading): (text: string) => boolean {
  switch (reading.as) {
    case 'string':
      return () => true;
    case 'boolean':
      return (text) => /^(?:true|false)$/i.test(text);
    case 'timestamp':
      return anyDate(reading.forms);
    case 'number':
      return (text) => plainNumber(text, reading) !== null;
    case 'integer':
      return (text) => {
        const plain = plainNumber(text, reading);
        if (plain === null) return false;
        const value = Number(plain);
        return Number.isInteger(value) && Math.abs(value) <= LARGEST_EXACT;
      };
  }
}

const PATTERNS = new Map(
  [...DATE_FORMATS, ...DIGIT_FORMATS].map((form) => [form.format, new RegExp(`^(?:${form.pattern})$`, 'i')]),
);

/** Made once for each form: every column of text is asked for all of them. */
const PARSERS = new Map<string, DateParser>();

function parserOf(form: DateFormat): DateParser {
  const made = PARSERS.get(form.format) ?? dateParser(form, 'UTC');
  PARSERS.set(form.format, made);
  return made;
}

function anyDate(forms: readonly DateFormat[]): (text: string) => boolean {
  return (text) =>
    forms.some(
      (form) => PATTERNS.get(form.format)?.test(text) === true && parserOf(form)(text) !== undefined,
    );
}
