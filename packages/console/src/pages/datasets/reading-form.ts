import { fail, fileEncodingSchema, parseColumnTypes, type ReadOptions } from '@slipway/contract';

/** The reading options as a form has them: texts, empty where the file decides. */
export type ReadingForm = {
  delimiter: string;
  quote: string;
  header: string;
  skipRows: string;
  skipFooter: string;
  comment: string;
  encoding: string;
  missing: string;
  alsoMissing: string;
  noMissingWords: boolean;
  types: string;
  decimal: string;
  dateOrder: string;
  timeZone: string;
  allowMissing: string;
};

export const DETECTED: ReadingForm = {
  delimiter: '',
  quote: '',
  header: '',
  skipRows: '',
  skipFooter: '',
  comment: '',
  encoding: '',
  missing: '',
  alsoMissing: '',
  noMissingWords: false,
  types: '',
  decimal: '',
  dateOrder: '',
  timeZone: '',
  allowMissing: '',
};

/** The form as the contract takes it, undefined where nothing is filled in. Throws `request.invalid` with the field's path. */
export function readOptionsOf(form: ReadingForm): ReadOptions | undefined {
  const told: ReadOptions = {
    ...(form.delimiter && { delimiter: form.delimiter }),
    ...(form.quote && { quote: form.quote === 'none' ? '' : form.quote }),
    ...(form.header && { header: headerOf(form.header) }),
    ...(form.skipRows && { skipRows: Number(form.skipRows) }),
    ...(form.skipFooter && { skipFooter: Number(form.skipFooter) }),
    ...(form.comment && { comment: form.comment }),
    ...(form.encoding && { encoding: fileEncodingSchema.parse(form.encoding) }),
    ...(form.noMissingWords ? { noMissingWords: true } : listed('missing', form.missing)),
    ...listed('alsoMissing', form.alsoMissing),
    ...(form.types.trim() && { types: typesOf(form.types) }),
    ...((form.decimal === '.' || form.decimal === ',') && { decimal: form.decimal }),
    ...((form.dateOrder === 'dmy' || form.dateOrder === 'mdy' || form.dateOrder === 'ymd') && {
      dateOrder: form.dateOrder,
    }),
    ...(form.timeZone.trim() && { timeZone: form.timeZone.trim() }),
    ...listed('allowMissing', form.allowMissing),
  };
  return Object.keys(told).length === 0 ? undefined : told;
}

function headerOf(text: string): boolean | number {
  return text === 'yes' || text === 'no' ? text === 'yes' : Number(text);
}

function listed(
  name: 'missing' | 'alsoMissing' | 'allowMissing',
  text: string,
): Pick<ReadOptions, typeof name> {
  const words = text.split(',').map((word) => word.trim());
  return text.trim() === '' ? {} : { [name]: words };
}

function typesOf(text: string): ReadOptions['types'] {
  const parsed = parseColumnTypes(text);
  if ('types' in parsed) return parsed.types;
  const reason = `types: write ${JSON.stringify(parsed.wrong)} as column:type, the type number, boolean, timestamp or string`;
  throw fail('request.invalid', { reason }, { path: 'read.types' });
}
