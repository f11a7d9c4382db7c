import { Link } from '@tanstack/react-router';
import css from './tabs.module.css';

/** Parts of a page, one at a time; the address says which. */
export function Tabs(props: {
  label: string;
  tabs: readonly { id: string; title: string }[];
  current: string;
}) {
  return (
    <nav aria-label={props.label} className={css.tabs}>
      {props.tabs.map((tab) => (
        <Link
          key={tab.id}
          to="."
          search={{ tab: tab.id }}
          resetScroll={false}
          activeProps={{}}
          aria-current={tab.id === props.current ? 'page' : undefined}
          className={css.tab}
        >
          {tab.title}
        </Link>
      ))}
    </nav>
  );
}
