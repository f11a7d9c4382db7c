/** What a key means while labelling: an answer, something to do, or part of one that is being typed. */
export type KeyMeaning =
  | { does: 'answer'; value: string }
  | { does: 'skip' }
  | { does: 'take back' }
  | { does: 'quit' }
  | { does: 'nothing' }
  | { does: 'type'; typed: string };

/** A key as Node's readline tells it. */
export type Key = { name?: string | undefined; sequence?: string | undefined; ctrl?: boolean | undefined };

const WORDS = new Map(
  Object.entries<KeyMeaning>({
    s: { does: 'skip' },
    u: { does: 'take back' },
    q: { does: 'quit' },
  }),
);
/** So many choices have a key of their own. */
export const CHOICE_KEYS = 9;

/**
 * What a key means for a queue with these choices (null: any number) after `typed`. One key chooses among up to nine;
 * of more, the number is typed, and so is a number as answer, and Enter ends it.
 */
export function readKey(key: Key, typed: string, choices: readonly string[] | null): KeyMeaning {
  const text = key.sequence ?? '';
  if (key.ctrl) return { does: key.name === 'c' || key.name === 'd' ? 'quit' : 'nothing' };
  const word = typed === '' ? WORDS.get(text) : undefined;
  if (word !== undefined) return word;
  if (choices !== null && choices.length <= CHOICE_KEYS) return chosen(choices, text);
  if (key.name === 'return' || key.name === 'enter') return ended(choices, typed);
  if (key.name === 'backspace') return { does: 'type', typed: typed.slice(0, -1) };
  const isPart = choices === null ? /^[\d.eE+-]$/ : /^\d$/;
  return isPart.test(text) ? { does: 'type', typed: typed + text } : { does: 'nothing' };
}

function ended(choices: readonly string[] | null, typed: string): KeyMeaning {
  if (choices !== null) return chosen(choices, typed);
  return typed !== '' && Number.isFinite(Number(typed))
    ? { does: 'answer', value: typed }
    : { does: 'type', typed: '' };
}

function chosen(choices: readonly string[], number: string): KeyMeaning {
  const value = /^\d+$/.test(number) ? choices[Number(number) - 1] : undefined;
  return value === undefined ? { does: 'nothing' } : { does: 'answer', value };
}
