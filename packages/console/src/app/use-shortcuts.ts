import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { areLettersShortcuts, isForOthers, makeLettersShortcuts } from '../parts/letter-keys.ts';
import { MENU } from './menu.ts';

const SEQUENCE_MS = 1_500;

/** `g` and a letter go to a page, `?` shows the help; can be turned off (WCAG 2.1.4). */
export function useShortcuts(onHelp: () => void) {
  const [on, setOn] = useState(areLettersShortcuts);
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
    makeLettersShortcuts(next);
    setOn(next);
  };
  return { on, turn };
}
