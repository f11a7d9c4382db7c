/** The text without the marks of `marks` (single characters) at its end, in time that grows with its length alone. */
export function trimEndMarks(text: string, marks: string): string {
  let end = text.length;
  while (end > 0 && marks.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** The same at both ends. */
export function trimMarks(text: string, marks: string): string {
  let start = 0;
  while (start < text.length && marks.includes(text[start]!)) start++;
  return trimEndMarks(text.slice(start), marks);
}
