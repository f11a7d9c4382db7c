import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { fileEncodingSchema } from '@slipway/contract';
import css from './new-dataset.module.css';
import type { ReadingForm } from './reading-form.ts';

type Choice = { value: string; label: string };
type TextField = Exclude<keyof ReadingForm, 'noMissingWords'>;

const DETECT: Choice = { value: '', label: 'Detect' };
const choices = (...pairs: [value: string, label: string][]): Choice[] => [
  DETECT,
  ...pairs.map(([value, label]) => ({ value, label })),
];

/** Fields with a list of answers, and those that are typed. */
const FIELDS: { name: TextField; label: string; about?: string; data?: Choice[] }[] = [
  {
    name: 'delimiter',
    label: 'Delimiter',
    data: choices([',', 'Comma'], [';', 'Semicolon'], ['\t', 'Tab'], ['|', 'Pipe'], [' ', 'Space']),
  },
  { name: 'quote', label: 'Quote', data: choices(['"', '"'], ["'", "'"], ['none', 'None']) },
  { name: 'header', label: 'Header', about: 'yes, no, or the line that it stands on' },
  { name: 'skipRows', label: 'Lines to skip' },
  { name: 'skipFooter', label: 'Rows to leave out at the end' },
  { name: 'comment', label: 'Comment character' },
  {
    name: 'encoding',
    label: 'Encoding',
    data: choices(...fileEncodingSchema.options.map((name): [string, string] => [name, name])),
  },
  { name: 'missing', label: 'Missing-value words', about: 'With commas, instead of the usual ones' },
  {
    name: 'alsoMissing',
    label: 'More missing-value words',
    about: 'With commas, besides the usual ones, such as -999',
  },
  { name: 'types', label: 'Types', about: 'Such as zip:string, day:timestamp' },
  { name: 'decimal', label: 'Decimal mark', data: choices(['.', 'Point'], [',', 'Comma']) },
  {
    name: 'dateOrder',
    label: 'Date order',
    data: choices(['dmy', 'Day first'], ['mdy', 'Month first'], ['ymd', 'Year first']),
  },
  { name: 'timeZone', label: 'Time zone', about: 'Such as Europe/Berlin; UTC when empty' },
  { name: 'allowMissing', label: 'Columns that the file may lack', about: 'With commas, when appending' },
];

/** How a file is read; what is left empty is detected. */
export function ReadingFields(props: { form: ReadingForm; change: (part: Partial<ReadingForm>) => void }) {
  const { form, change } = props;
  return (
    <div className={css.form}>
      {FIELDS.map(({ name, label, about, data }) =>
        data === undefined ? (
          <TextInput
            key={name}
            size="xs"
            label={label}
            description={about}
            inputWrapperOrder={['label', 'input', 'description']}
            value={form[name]}
            onChange={(event) => change({ [name]: event.currentTarget.value })}
          />
        ) : (
          <NativeSelect
            key={name}
            size="xs"
            label={label}
            data={data}
            value={form[name]}
            onChange={(event) => change({ [name]: event.currentTarget.value })}
          />
        ),
      )}
      <Checkbox
        size="xs"
        label="Only empty fields are missing"
        checked={form.noMissingWords}
        onChange={(event) => change({ noMissingWords: event.currentTarget.checked })}
      />
    </div>
  );
}
