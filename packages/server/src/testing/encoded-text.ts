/** Text as bytes in an encoding that Node.js only decodes. Throws for characters that it lacks. */
export function encoded(text: string, encoding: string): Buffer {
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const table = characters(encoding);
  return Buffer.concat(
    [...text].map((character) => {
      const bytes = table.get(character);
      if (bytes === undefined) throw new Error(`${encoding} has no ${character}`);
      return bytes;
    }),
  );
}

const TABLES = new Map<string, Map<string, Buffer>>();

/** All characters of one or two bytes. */
function characters(encoding: string): Map<string, Buffer> {
  const known = TABLES.get(encoding);
  if (known !== undefined) return known;
  const table = new Map<string, Buffer>();
  const decoder = new TextDecoder(encoding, { fatal: true });
  const add = (...bytes: number[]) => {
    try {
      const text = decoder.decode(Uint8Array.from(bytes));
      if ([...text].length === 1 && !table.has(text)) table.set(text, Buffer.from(bytes));
    } catch {
      // Not a character.
    }
  };
  for (let first = 0; first < 256; first++) add(first);
  if (encoding === 'windows-1252') addWindows1252(table);
  const isWide = !/^(?:windows|iso|koi8)/.test(encoding);
  for (let first = 0x81; isWide && first < 0xff; first++) {
    for (let second = 0x40; second < 0xff; second++) add(first, second);
  }
  TABLES.set(encoding, table);
  return table;
}

/** Releases of Node.js read these as control characters. */
function addWindows1252(table: Map<string, Buffer>): void {
  for (const [i, character] of [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'].entries()) {
    table.set(character, Buffer.of(0x80 + i));
  }
}
