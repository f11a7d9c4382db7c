import { expect, it } from 'vitest';
import { readKey } from './read-key.ts';

const press = (sequence: string, typed = '', choices: readonly string[] | null = ['Yes', 'No']) =>
  readKey({ sequence, name: sequence === '\r' ? 'return' : sequence }, typed, choices);
const MANY = Array.from({ length: 12 }, (_, i) => `class ${i + 1}`);

it('takes a number key for its choice, and none beyond them', () => {
  expect(press('1')).toEqual({ does: 'answer', value: 'Yes' });
  expect(press('2')).toEqual({ does: 'answer', value: 'No' });
  for (const key of ['0', '3', 'x', '\r', '']) expect(press(key)).toEqual({ does: 'nothing' });
});

it('skips, takes back and quits by a letter, and quits by Ctrl-C and Ctrl-D', () => {
  expect(['s', 'u', 'q'].map((key) => press(key).does)).toEqual(['skip', 'take back', 'quit']);
  expect(readKey({ name: 'c', ctrl: true, sequence: '\u0003' }, '12', null)).toEqual({ does: 'quit' });
  expect(readKey({ name: 'd', ctrl: true }, '', null)).toEqual({ does: 'quit' });
});

it('waits for Enter when there are more choices than keys', () => {
  expect(press('1', '', MANY)).toEqual({ does: 'type', typed: '1' });
  expect(press('2', '1', MANY)).toEqual({ does: 'type', typed: '12' });
  expect(press('\r', '12', MANY)).toEqual({ does: 'answer', value: 'class 12' });
  expect(press('\r', '13', MANY)).toEqual({ does: 'nothing' });
});

it('takes any number that is typed, when numbers are asked for', () => {
  expect(press('-', '', null)).toEqual({ does: 'type', typed: '-' });
  expect(press('\r', '-2.5e3', null)).toEqual({ does: 'answer', value: '-2.5e3' });
  expect(press('\r', '-', null)).toEqual({ does: 'type', typed: '' });
  expect(press('s', '', null)).toEqual({ does: 'skip' });
  expect(readKey({ name: 'backspace', sequence: '\u007f' }, '12', null)).toEqual({
    does: 'type',
    typed: '1',
  });
});
