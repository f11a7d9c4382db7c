import { type Encoding, textDecoder } from '../delimited/decode.ts';
import type { CharacterSurvey } from '../delimited/survey-characters.ts';
import type { ExpectedTable } from '../model.ts';
import { legacyEncodingAfter, TWO_BYTES } from './legacy-encoding.ts';

/** From this share of valid characters on, text that is not UTF-8 throughout is UTF-8 with some wrong bytes. */
const MOSTLY_UTF8 = 0.9;

/**
 * The encoding of the dataset's first file where a later file, whose bytes settle nothing, is written in it too: where names
 * of columns with letters beyond ASCII are found so, or where its words are as likely in it. Null where the first file was
 * Unicode, where the names are found in UTF-8 or the words say another encoding, and where nothing is kept.
 *
 * Bytes that are UTF-8 throughout are UTF-8, unless all their characters have two bytes, as those of an encoding of East
 * Asia have, and are usual ones of that.
 */
export async function keptEncoding(
  { valid, invalid, sample }: CharacterSurvey,
  { head, expects }: { head: Uint8Array; expects?: ExpectedTable | undefined },
): Promise<Encoding | null> {
  const encoding = expects?.form?.encoding;
  if (encoding === undefined || encoding.startsWith('utf-') || valid + invalid === 0) return null;
  const found = namesFound(head, encoding, expects!);
  if (found > 0 && found > namesFound(head, 'utf-8', expects!)) return encoding;
  if (invalid === 0 && !isOfTwoBytes(sample)) return null;
  if (invalid > 0 && valid / (valid + invalid) >= MOSTLY_UTF8 && !TWO_BYTES.has(encoding)) return null;
  return legacyEncodingAfter(sample, encoding).encoding === encoding ? encoding : null;
}

/** How many names with letters beyond ASCII are found. */
function namesFound(head: Uint8Array, encoding: Encoding, { columns }: ExpectedTable): number {
  const names = columns.map(({ name }) => name).filter((name) => /[^\0-\x7f]/.test(name));
  if (names.length === 0) return 0;
  const text = textDecoder({ encoding }).decode(head, { stream: true }).normalize('NFC');
  return names.filter((name) => text.includes(name)).length;
}

/** Valid UTF-8 whose characters beyond ASCII all have two bytes: Latin, Greek, Cyrillic letters. */
function isOfTwoBytes(sample: Uint8Array): boolean {
  return !sample.some((byte) => byte >= 0xe0);
}
