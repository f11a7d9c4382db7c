import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import css from './loaded.module.css';
import { ErrorNotice } from './notice.tsx';
import { PageHead } from './page.tsx';

type LoadedProps<T> = {
  query: UseQueryResult<T>;
  /** Heads the page until the answer, which heads it better, is there. */
  title?: string;
  children: (answer: T) => ReactNode;
};

/** Shows an answer once it is there; what is wrong stands above the last good answer. */
export function Loaded<T>(props: LoadedProps<T>) {
  const { data, error } = props.query;
  const head = data === undefined && props.title !== undefined ? <PageHead title={props.title} /> : null;
  if (data === undefined && error === null) {
    return (
      <>
        {head}
        <Waiting />
      </>
    );
  }
  return (
    <>
      {head}
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
