import { useEffect } from 'react';
import { areLettersShortcuts, isForOthers } from '../../parts/letter-keys.ts';
import type { Labelling } from './use-labelling.ts';

/** As long as `g` waits for the letter of a page. */
const SEQUENCE_MS = 1_500;

/** 1 to 9 choose, s skips, u takes the last answer back; a letter after `g` goes to a page instead. */
export function useAnswerKeys(choices: readonly string[] | null, work: Labelling): void {
  const { answer, skip, takeBack } = work;
  useEffect(() => {
    let goingSince = Number.NEGATIVE_INFINITY;
    const listen = (event: KeyboardEvent) => {
      if (isForOthers(event) || event.repeat || !areLettersShortcuts()) return;
      const isGoing = event.timeStamp - goingSince < SEQUENCE_MS;
      goingSince = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (isGoing) return;
      const choice = /^[1-9]$/.test(event.key) ? choices?.[Number(event.key) - 1] : undefined;
      if (choice !== undefined) answer(choice);
      else if (event.key === 's') skip();
      else if (event.key === 'u') takeBack();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [choices, answer, skip, takeBack]);
}
