/** Whether text starts as JSON does that may hold a table: an object with a key, or an array of objects or arrays. */
export function isJson(head: string): boolean {
  const text = head.trimStart();
  if (/^\{\s*(?:"|\}|$)/.test(text) || /^\[\s*(?:[{\]]|$)/.test(text)) return true;
  return /^\[\s*(?:\[|"|-?\d|null\b|true\b|false\b)/.test(text) && isArray(text);
}

/** The first array is valid JSON, as far as the text goes; `[a],[b]` is not. */
function isArray(text: string): boolean {
  if (/^\[\s*\[/.test(text)) return /^\[\s*\[\s*(?:"|-?\d|null\b|true\b|false\b|\])/.test(text);
  const end = text.indexOf(']');
  if (end < 0) return true;
  try {
    JSON.parse(text.slice(0, end + 1));
    return /^\s*(?:[[,]|$)/.test(text.slice(end + 1));
  } catch {
    return false;
  }
}
