import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { MENU } from './menu.ts';

const STORED_AS = 'slipway.shortcuts';
const SEQUENCE_MS = 1_500;

/** `g` and a letter go to a page, `?` shows the help; can be turned off (WCAG 2.1.4). */
export function useShortcuts(onHelp: () => void) {
  const [on, setOn] = useState(() => localStorage.getItem(STORED_AS) !== 'off');
  const navigate = useNavigate();
  const help = useRef(onHelp);
  help.current = onHelp;

  useEffect(() => {
    if (!on) return;
    let startedAt = Number.NEGATIVE_INFINITY;
    const listen = (event: KeyboardEvent) => {
      if (isForOthers(event)) return;
      const page = MENU.find((entry) => entry.key === event.key);
      const inSequence = event.timeStamp - startedAt < SEQUENCE_MS;
      startedAt = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (event.key === '?') help.current();
      else if (inSequence && page !== undefined) void navigate({ to: page.path });
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [on, navigate]);

  const turn = (next: boolean) => {
    localStorage.setItem(STORED_AS, next ? 'on' : 'off');
    setOn(next);
  };
  return { on, turn };
}

/** Keys typed into a field, with a modifier, or while a dialog is open mean something else. */
function isForOthers(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  const target = event.target instanceof Element ? event.target : null;
  return (
    target?.closest('input, textarea, select, [contenteditable]') != null ||
    document.querySelector('[role=dialog]') !== null
  );
}
