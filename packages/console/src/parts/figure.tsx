import type { ReactNode } from 'react';
import css from './figure.module.css';

/** A picture, and the same as a table behind one press. */
export function Figure(props: { picture: ReactNode; caption: ReactNode; table: ReactNode }) {
  return (
    <figure className={css.figure}>
      {props.picture}
      <figcaption>{props.caption}</figcaption>
      <Fold title="As a table">{props.table}</Fold>
    </figure>
  );
}

/** More, behind one press. */
export function Fold(props: { title: string; open?: boolean; children: ReactNode }) {
  return (
    <details className={css.fold} open={props.open}>
      <summary>{props.title}</summary>
      <div className={css.inside}>{props.children}</div>
    </details>
  );
}
