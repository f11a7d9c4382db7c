import { ownValue } from '@slipway/contract';
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
  const { says, ...record } = props.record;
  const entries = Object.entries(record).filter(([key]) => !props.leaveOut?.includes(key));
  const plain = entries.filter(([, value]) => !isDeep(value));
  const deep = entries.filter(([, value]) => isDeep(value));
  return (
    <>
      {typeof says === 'string' && !props.leaveOut?.includes('says') ? <p>{says}</p> : null}
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
          <Deep name={nameInWords(key)} value={value} />
        </div>
      ))}
    </>
  );
}

function Deep({ name, value }: { name: string; value: unknown }) {
  if (isTable(value)) return <RecordTable caption={name} rows={value} />;
  if (isSentences(value)) return <Sentences texts={value} />;
  return <RecordFacts record={value as Rec} />;
}

function isDeep(value: unknown): boolean {
  return isRecord(value) || isTable(value) || isSentences(value);
}

/** Records as rows; the columns are the keys that any of them has, those of records within after a dot. */
export function RecordTable(props: RecordTableProps) {
  const rows = props.rows.map((row) => flattened(row));
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return (
    <DataTable<Rec>
      caption={props.caption}
      rows={rows}
      rowKey={(_, index) => String(index)}
      {...(props.isCurrent === undefined ? {} : { isCurrent: props.isCurrent })}
      columns={keys.map((key) => ({
        id: key,
        title: nameInWords(factName(key)),
        end: rows.some((row) => typeof ownValue(row, key) === 'number'),
        show: (row) => formatFact(key, ownValue(row, key)),
      }))}
    />
  );
}

type RecordTableProps = { caption: string; rows: readonly Rec[]; isCurrent?: (row: Rec) => boolean };

function flattened(row: Rec, prefix = ''): Rec {
  const entries = Object.entries(row).flatMap(([key, value]): [string, unknown][] =>
    isRecord(value) ? Object.entries(flattened(value, `${prefix}${key}.`)) : [[`${prefix}${key}`, value]],
  );
  return Object.fromEntries(entries);
}

/** Sentences one below the other. */
function Sentences(props: { texts: readonly string[] }) {
  return (
    <ul className={css.sentences}>
      {props.texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

export function isRecord(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTable(value: unknown): value is Rec[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

/** Texts that end like sentences, which commas would run together. */
function isSentences(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((text) => typeof text === 'string' && /\s/.test(text) && /[.:!?]$/.test(text))
  );
}
