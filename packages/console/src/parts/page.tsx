import { type ReactNode, useId } from 'react';
import css from './page.module.css';

/** Heading of a page; also names the tab. */
export function PageHead(props: { title: string; about?: ReactNode; actions?: ReactNode }) {
  return (
    <header className={css.head}>
      <title>{`${props.title} · Slipway`}</title>
      <div className={css.names}>
        <h1>{props.title}</h1>
        {props.about === undefined ? null : <div className={css.about}>{props.about}</div>}
      </div>
      {props.actions === undefined ? null : <div className={css.actions}>{props.actions}</div>}
    </header>
  );
}

/** A titled part of a page. */
export function Panel(props: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={css.panel} aria-labelledby={id}>
      <div className={css.panelHead}>
        <h2 id={id}>{props.title}</h2>
        {props.about === undefined ? null : <span className={css.about}>{props.about}</span>}
        {props.actions === undefined ? null : <div className={css.actions}>{props.actions}</div>}
      </div>
      <div className={css.panelBody}>{props.children}</div>
    </section>
  );
}

/** Things side by side that wrap. */
export function Row(props: { children: ReactNode }) {
  return <div className={css.row}>{props.children}</div>;
}

/** Things below each other. */
export function Stack(props: { children: ReactNode }) {
  return <div className={css.stack}>{props.children}</div>;
}

/** What to do when there is nothing to show yet. */
export function Empty(props: { title: string; children?: ReactNode }) {
  return (
    <div className={css.empty}>
      <p className={css.emptyTitle}>{props.title}</p>
      {props.children}
    </div>
  );
}
