import { describe, expect, it } from 'vitest';
import { substituteFor, withNul, withoutNul } from './nul-texts.ts';

describe('texts with NUL', () => {
  it('come back as they went, also beside noncharacters of the caller', () => {
    const texts = ['a\u0000b', '\u0000', 'plain', '\ufdd0'];
    const substitute = substituteFor([texts])!;
    expect(substitute).toBe('\ufdd1');
    const sent = withoutNul(texts, substitute);
    expect(sent.join('')).not.toContain('\u0000');
    expect(withNul(sent, substitute)).toEqual(texts);
  });

  it('are the only ones that are changed', () => {
    expect(substituteFor([['plain', '\ufdd0'], []])).toBeUndefined();
  });

  it('are refused where nothing is left to stand for it', () => {
    const all = Array.from({ length: 32 }, (_, i) => String.fromCharCode(0xfdd0 + i)).join('');
    expect(() => substituteFor([['\u0000'], [all]])).toThrow('NUL');
  });
});
