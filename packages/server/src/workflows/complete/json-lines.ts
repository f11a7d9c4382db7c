/** Values of JSON, one a line, in parts of so many; holds none but the part that is read. */
export async function* jsonParts<Value>(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Value[]> {
  let part: Value[] = [];
  for await (const line of linesOf(bytes)) {
    part.push(JSON.parse(line) as Value);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** The bytes of values of JSON, one a line. */
export function jsonLines(values: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines.filter((line) => line !== '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
