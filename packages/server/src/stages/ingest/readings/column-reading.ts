import type { ColumnReading, DateOrder, NumberUnit } from '@slipway/contract';
import type { RawKind, Reading, Thousands } from '../ports.ts';
import { type DateFormat, formatNamed, formsOfOrder, ISO, ISO_ZONED, orderOf } from './date-formats.ts';
import { NATIVE_TIMESTAMP, textReadings } from './guess-readings.ts';

/** How later files are read, given how the first one was. */
export function columnReadingOf(reading: Reading): ColumnReading {
  switch (reading.as) {
    case 'string':
    case 'boolean':
      return { as: reading.as };
    case 'timestamp':
      return timestampReading(reading);
    default:
      return {
        as: 'number',
        decimal: reading.decimal,
        thousands: reading.thousands,
        ...(reading.unit && { unit: reading.unit }),
        ...(reading.isGiven && { isGiven: true }),
      };
  }
}

function timestampReading({
  forms,
  timeZone,
  offsets,
}: Extract<Reading, { as: 'timestamp' }>): ColumnReading {
  const order = forms.map(orderOf).find((one) => one !== null) ?? null;
  const own = forms.map(({ format }) => format).filter((format) => formatNamed(format) !== undefined);
  return {
    as: 'timestamp',
    formats: [...new Set([...own, ISO, ISO_ZONED])],
    order,
    timeZone,
    ...(offsets && { offsets: [...offsets] }),
  };
}

/** Marks that may only be marks between groups, given the decimal mark. */
const FURTHER_MARKS: Record<'.' | ',', readonly Thousands[]> = { '.': [',', ' ', "'"], ',': ['.', ' ', "'"] };

/** How a file says that its values are written otherwise than those of the dataset. */
export type OtherWriting = { decimal?: '.' | ','; dateOrder?: DateOrder; timeZone?: string };

/**
 * The readings of a later file's column that give the type which the dataset has, the stored one first. Form may differ where
 * the meaning cannot: whole numbers may become fractional, marks between groups may appear, and dates may be in another
 * form of the same order. Empty where a source with types has another one.
 */
export function readingsFor(
  wanted: ColumnReading,
  kind: RawKind,
  { decimal, dateOrder, timeZone }: OtherWriting = {},
): Reading[] {
  if (wanted.as === 'string') return [{ as: 'string' }];
  if (kind !== 'text' && kind !== 'json') return nativeReadings(wanted.as, kind);
  if (wanted.as === 'boolean') return [{ as: 'boolean' }];
  if (wanted.as === 'number') {
    const marks =
      decimal === undefined || decimal === wanted.decimal ? wanted : { decimal, thousands: '' as const };
    const further = marks.thousands === '' ? FURTHER_MARKS[marks.decimal] : [];
    const unit = wanted.unit && { unit: wanted.unit };
    return [marks.thousands, ...further].flatMap((thousands): Reading[] => [
      { as: 'integer', decimal: marks.decimal, thousands, ...unit },
      { as: 'number', decimal: marks.decimal, thousands, ...unit },
    ]);
  }
  const zone = timeZone ?? wanted.timeZone;
  const isReordered = dateOrder !== undefined && dateOrder !== wanted.order;
  const stored = wanted.formats.map(formatNamed).filter((form): form is DateFormat => form !== undefined);
  const allowed = formsOfOrder(dateOrder ?? wanted.order);
  const forms = isReordered ? allowed : [...stored, ...allowed.filter((form) => !stored.includes(form))];
  return [
    ...(isReordered ? [] : [{ as: 'timestamp', forms: stored, timeZone: zone } as const]),
    { as: 'timestamp', forms, timeZone: zone },
  ];
}

/** Of versions from before readings were kept: whatever gives the type. */
export function readingsOfType(as: ColumnReading['as'], kind: RawKind, decimal: '.' | ','): Reading[] {
  if (as === 'string') return [{ as: 'string' }];
  if (kind !== 'text' && kind !== 'json') return nativeReadings(as, kind);
  return textReadings({ decimal, timeZone: 'UTC' }).filter((reading) => typeOf(reading) === as);
}

export function typeOf(reading: Reading): ColumnReading['as'] {
  return reading.as === 'integer' ? 'number' : reading.as;
}

function nativeReadings(as: ColumnReading['as'], kind: RawKind): Reading[] {
  const integer: Reading = { as: 'integer', decimal: '.', thousands: '' };
  const number: Reading = { ...integer, as: 'number' };
  if (as === 'number') {
    if (kind === 'integer' || kind === 'boolean') return [integer];
    if (kind === 'number-text') return [integer, number];
    return kind === 'number' ? [number] : [];
  }
  if (as === 'boolean')
    return kind === 'boolean' || kind === 'integer' || kind === 'number' ? [{ as: 'boolean' }] : [];
  return as === 'timestamp' && kind === 'timestamp' ? [NATIVE_TIMESTAMP] : [];
}

function besides(unit: NumberUnit | undefined): string {
  const text = unit === undefined ? '' : `${unit.before}${unit.after}`;
  return text === '' ? '' : ` and ${text}`;
}

/** What a column holds, in words for messages. */
export function heldBy(reading: ColumnReading): string {
  switch (reading.as) {
    case 'number': {
      const decimal = reading.decimal === ',' ? 'a decimal comma' : 'a decimal point';
      return `numbers with ${decimal}${besides(reading.unit)}`;
    }
    case 'timestamp':
      return reading.order === null
        ? 'dates'
        : `dates with the ${reading.order === 'dmy' ? 'day' : 'month'} first`;
    case 'boolean':
      return 'true and false';
    default:
      return 'text';
  }
}
