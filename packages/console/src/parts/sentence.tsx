import type { ReactNode } from 'react';
import css from './sentence.module.css';

/** Words in a table that wrap, but not to a thread. */
export function Sentence(props: { children: ReactNode }) {
  return <span className={css.sentence}>{props.children}</span>;
}
