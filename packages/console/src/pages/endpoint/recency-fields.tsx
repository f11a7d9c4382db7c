import { NativeSelect, TextInput } from '@mantine/core';
import { ownValue, type Recency } from '@slipway/contract';

type Kind = Exclude<keyof Recency, 'by'>;

const KINDS: { value: Kind | 'all'; label: string }[] = [
  { value: 'all', label: 'All rows, alike' },
  { value: 'days', label: 'Only the rows of the last days' },
  { value: 'rows', label: 'Only the newest rows' },
  { value: 'halfLifeDays', label: 'All rows, weighted with a half-life in days' },
  { value: 'halfLifeRows', label: 'All rows, weighted with a half-life in rows' },
];

const START: Record<Kind, number> = { days: 90, rows: 10_000, halfLifeDays: 90, halfLifeRows: 10_000 };

const AMOUNTS: Record<Kind, { label: string; least: number; step: string }> = {
  days: { label: 'Days before the newest row', least: 0.1, step: 'any' },
  rows: { label: 'Rows', least: 20, step: '1' },
  halfLifeDays: { label: 'Half-life in days', least: 0.1, step: 'any' },
  halfLifeRows: { label: 'Half-life in rows', least: 1, step: '1' },
};

type Props = { recent: Recency | null; onChange: (recent: Recency | null) => void };

/** Which training rows retrainings of the endpoint use. */
export function RecencyFields({ recent, onChange }: Props) {
  const kind = KINDS.find(
    ({ value }) => value !== 'all' && ownValue(recent ?? {}, value) !== undefined,
  )?.value;
  const by = recent?.by === undefined ? {} : { by: recent.by };
  return (
    <>
      <NativeSelect
        label="Training rows"
        data={KINDS}
        value={kind ?? 'all'}
        onChange={(event) => {
          const next = event.currentTarget.value as Kind | 'all';
          onChange(next === 'all' ? null : { [next]: START[next], ...by });
        }}
      />
      {kind === undefined || kind === 'all' || recent === null ? null : (
        <>
          <TextInput
            type="number"
            label={AMOUNTS[kind].label}
            min={AMOUNTS[kind].least}
            step={AMOUNTS[kind].step}
            required
            value={Number.isNaN(recent[kind]) ? '' : recent[kind]}
            onChange={(event) => onChange({ [kind]: event.currentTarget.valueAsNumber, ...by })}
          />
          <TextInput
            label="Column that tells how new a row is"
            description="Left empty: the time column of the training, or the order in which rows were appended"
            value={recent.by ?? ''}
            onChange={(event) => {
              const name = event.currentTarget.value;
              onChange({ [kind]: recent[kind], ...(name === '' ? {} : { by: name }) });
            }}
          />
        </>
      )}
    </>
  );
}
