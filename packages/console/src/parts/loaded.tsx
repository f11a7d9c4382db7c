import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import css from './loaded.module.css';
import { ErrorNotice } from './notice.tsx';

/** Shows an answer once it is there; what is wrong stands above the last good answer. */
export function Loaded<T>(props: { query: UseQueryResult<T>; children: (answer: T) => ReactNode }) {
  const { data, error } = props.query;
  if (data === undefined && error === null) return <Waiting />;
  return (
    <>
      {error === null ? null : <ErrorNotice error={error} />}
      {data === undefined ? null : props.children(data)}
    </>
  );
}

export function Waiting() {
  return (
    <div className={css.waiting} role="status">
      <span className="visually-hidden">Loading</span>
      <div className={css.line} />
      <div className={css.line} />
      <div className={css.line} />
    </div>
  );
}
