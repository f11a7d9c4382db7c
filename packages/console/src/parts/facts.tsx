import type { ReactNode } from 'react';
import { factName, formatFact, nameInWords } from '../words/index.ts';
import { DataTable } from './data-table.tsx';
import css from './facts.module.css';

/** Names with values, for what a reader looks up rather than compares. */
export function Facts(props: { entries: readonly { name: string; value: ReactNode }[] }) {
  return (
    <dl className={css.facts}>
      {props.entries.map(({ name, value }) => (
        <div key={name} className={css.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Rec = Record<string, unknown>;

/**
 * A record of the wire whose keys are not known beforehand: plain values as facts, lists of records as tables,
 * records within as parts of their own.
 */
export function RecordFacts(props: { record: Rec; leaveOut?: readonly string[] }) {
  const entries = Object.entries(props.record).filter(([key]) => !props.leaveOut?.includes(key));
  const plain = entries.filter(([, value]) => !isRecord(value) && !isTable(value));
  const deep = entries.filter(([, value]) => isRecord(value) || isTable(value));
  return (
    <>
      {plain.length === 0 ? null : (
        <Facts
          entries={plain.map(([key, value]) => ({
            name: nameInWords(factName(key)),
            value: formatFact(key, value),
          }))}
        />
      )}
      {deep.map(([key, value]) => (
        <div key={key} className={css.part}>
          <h3>{nameInWords(key)}</h3>
          {isTable(value) ? (
            <RecordTable caption={nameInWords(key)} rows={value} />
          ) : (
            <RecordFacts record={value as Rec} />
          )}
        </div>
      ))}
    </>
  );
}

/** Records as rows; the columns are the keys that any of them has. */
export function RecordTable(props: { caption: string; rows: readonly Rec[] }) {
  const keys = [...new Set(props.rows.flatMap((row) => Object.keys(row)))];
  return (
    <DataTable<Rec>
      caption={props.caption}
      rows={props.rows}
      rowKey={(_, index) => String(index)}
      columns={keys.map((key) => ({
        id: key,
        title: nameInWords(factName(key)),
        end: props.rows.some((row) => typeof row[key] === 'number'),
        show: (row) => formatFact(key, row[key]),
      }))}
    />
  );
}

export function isRecord(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTable(value: unknown): value is Rec[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}
