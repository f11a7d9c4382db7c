import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMarkdown, readSpans } from './read-markdown.ts';

describe('readMarkdown', () => {
  test('reads what a model card is made of', () => {
    const card = [
      '# Churn, version 3',
      '',
      'Predicts **churned** from',
      '19 columns.',
      '- one',
      '- two',
      '  goes on',
      '',
      '1. first',
      '',
      '| metric | value |',
      '|---|--:|',
      '| ROC \\| AUC | 0.84 |',
      '',
      '```',
      'curl <url>',
      '```',
    ].join('\n');
    expect(readMarkdown(card)).toEqual([
      { kind: 'heading', level: 1, text: 'Churn, version 3' },
      { kind: 'paragraph', text: 'Predicts **churned** from 19 columns.' },
      { kind: 'list', ordered: false, items: ['one', 'two goes on'] },
      { kind: 'list', ordered: true, items: ['first'] },
      { kind: 'table', head: ['metric', 'value'], rows: [['ROC \\| AUC', '0.84']] },
      { kind: 'code', text: 'curl <url>' },
    ]);
  });

  test('a fence that never closes holds the rest', () => {
    expect(readMarkdown('```\na\nb')).toEqual([{ kind: 'code', text: 'a\nb' }]);
  });

  test('any text is read to its end', () => {
    const pieces = fc.constantFrom('#', '- ', '1. ', '|a|', '|-|', '```', '\n', ' ', 'x', '**', '<b>', '\\|');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        expect(Array.isArray(readMarkdown(parts.join('')))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('readSpans', () => {
  test('marks strong, emphasised and code text', () => {
    expect(readSpans('a **b** *c* `d*e*`')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'strong', text: 'b' },
      { kind: 'text', text: ' ' },
      { kind: 'emphasis', text: 'c' },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'd*e*' },
    ]);
  });

  test('escaped text is shown as it was before it was escaped', () => {
    expect(readSpans('**a\\*b\\_c** \\[x\\]\\(y\\) &lt;b&gt; \\`code\\`')).toEqual([
      { kind: 'strong', text: 'a*b_c' },
      { kind: 'text', text: ' [x](y) <b> `code`' },
    ]);
  });

  test('HTML and links stay the text they are', () => {
    const text = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) 2 * 3 * 4';
    expect(readSpans(text)).toEqual([{ kind: 'text', text }]);
  });
});
