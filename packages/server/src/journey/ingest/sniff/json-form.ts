import { fail } from '@slipway/contract';

/** Whether text is JSON: an array of objects, or an object a line. Null when it is neither. */
export function jsonForm(head: string, file: string): 'json' | 'ndjson' | null {
  const text = head.trimStart();
  if (/^\[\s*(?:\{|\]|$)/.test(text)) return 'json';
  if (!/^\{\s*(?:"|\})/.test(text)) return null;
  const lines = text.split(/\r\n|\n|\r/, 2);
  if (isObject(lines[0]!) || lines.length === 1) return 'ndjson';
  throw fail('file.unreadable', {
    file,
    format: 'JSON',
    reason: 'the document is one object; give an array of objects, or one object a line',
  });
}

function isObject(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
