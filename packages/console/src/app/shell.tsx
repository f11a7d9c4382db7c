import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Brand, DRAWINGS, Icon } from '../parts/icons.tsx';
import { useSession } from '../session/index.ts';
import { ColorSchemeChoice } from './color-scheme-choice.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { MENU } from './menu.ts';
import css from './shell.module.css';

/** The frame of every page: the menu, and the page in the middle. */
export function Shell() {
  const main = useFocusOnNewPage();
  const { signOut } = useSession();
  return (
    <div className={css.frame}>
      <a className={css.skip} href="#main">
        Skip to the page
      </a>
      <header className={css.side}>
        <Link to="/pipeline-runs" className={css.brand} aria-label="Slipway, to the pipeline runs">
          <Brand />
        </Link>
        <nav aria-label="Pages" className={css.menu}>
          <ul>
            {MENU.map((entry) => (
              <li key={entry.path}>
                <Link to={entry.path} className={css.entry} activeProps={{ 'aria-current': 'page' }}>
                  <Icon>{DRAWINGS[entry.drawing]}</Icon>
                  {entry.title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className={css.tools}>
          <ColorSchemeChoice />
          <KeyboardHelp />
          <button type="button" className={css.tool} onClick={signOut}>
            <Icon>{DRAWINGS.leave}</Icon>
            Sign out
          </button>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} className={css.main}>
        <Outlet />
      </main>
    </div>
  );
}

/** A new page takes the focus, so that a keyboard goes on inside it and a screen reader begins to read it. */
function useFocusOnNewPage() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}
