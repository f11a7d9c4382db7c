import { fail, type IngestFinding } from '@slipway/contract';
import { type Decoding, type Encoding, type SingleByteEncoding, textDecoder } from '../delimited/decode.ts';
import type { ByteSurvey } from '../delimited/survey-bytes.ts';
import { type CharacterSurvey, surveyCharacters } from '../delimited/survey-characters.ts';
import type { ExpectedTable } from '../model.ts';
import { unfit } from '../option-unfit.ts';
import { ENCODING_NAMES } from './encoding-names.ts';
import { keptEncoding } from './kept-encoding.ts';
import { legacyEncoding, TWO_BYTES } from './legacy-encoding.ts';

export type SniffedEncoding = { decoding: Decoding; byteOrderMark: boolean; findings: IngestFinding[] };

/** What is looked at: the first bytes, a pass over all of them, and a way to read them again. */
export type BytesToSniff = {
  file: string;
  head: Uint8Array;
  survey: ByteSurvey;
  read: () => AsyncIterable<Uint8Array>;
  asked?: Encoding | undefined;
  /** Of a later file. */
  expects?: ExpectedTable | undefined;
};

const SAMPLE_BYTES = 64 * 1024;
/** Above this share of control characters the bytes are no text. */
const MAX_CONTROL_SHARE = 0.02;
/** From this share of valid characters on, text that is not UTF-8 throughout is UTF-8 with some wrong bytes. */
const MOSTLY_UTF8 = 0.9;
/** From this share on it is a mixture, unless all of it is valid in an encoding of East Asia. */
const PARTLY_UTF8 = 0.3;
const OVERRIDE = '--encoding';

/**
 * The encoding of text: byte-order mark, else zero bytes on every other place (UTF-16), else UTF-8 where all bytes bear
 * it out or most characters do, else an older encoding by its words. Throws `file.binary` when it is no text,
 * `file.unreadable` for NUL bytes and `file.option-unfit` when the bytes are not of the encoding asked for.
 */
export async function sniffEncoding(bytes: BytesToSniff): Promise<SniffedEncoding> {
  const { head, file, survey } = bytes;
  const marked = markedEncoding(head);
  if (bytes.asked !== undefined) return askedEncoding(bytes, bytes.asked, marked);
  if (marked !== null && marked !== 'utf-8') return certain(marked, true);
  const wide = marked === null ? wideEncoding(head) : null;
  if (wide !== null) return certain(wide, false);
  if (controlShare(head.subarray(0, SAMPLE_BYTES)) > MAX_CONTROL_SHARE) {
    throw fail('file.binary', { file, what: 'binary data of no known format', wayOut: 'Export it as CSV.' });
  }
  if (survey.hasNul) {
    throw fail('file.unreadable', { file, format: 'text', reason: 'it holds NUL bytes' });
  }
  if (marked === 'utf-8')
    return survey.utf8 ? certain('utf-8', true) : older(await charactersOf(bytes), true);
  const characters = survey.utf8 && !mayBeOlder(bytes) ? null : await charactersOf(bytes);
  const kept = characters && (await keptEncoding(characters, bytes));
  if (kept) return keptAs(kept);
  return survey.utf8 || characters === null ? certain('utf-8', false) : older(characters, false);
}

function markedEncoding(head: Uint8Array): Encoding | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return null;
}

/** UTF-16 without a mark: delimiters, digits and line ends have a zero byte on the same side. */
function wideEncoding(head: Uint8Array): Encoding | null {
  const sample = head.subarray(0, SAMPLE_BYTES);
  const zeros = zeroShares(sample);
  const encoding = zeros.odd > zeros.even ? 'utf-16le' : 'utf-16be';
  const [more, less] = [Math.max(zeros.odd, zeros.even), Math.min(zeros.odd, zeros.even)];
  if (more < 0.05 || less > more / 10) return null;
  const text = textDecoder({ encoding }).decode(sample, { stream: true });
  const odd = text.match(/(?![\t-\r])\p{Cc}|[\ufffd\ue000-\uf8ff]/gu)?.length ?? 0;
  return odd > MAX_CONTROL_SHARE * text.length ? null : encoding;
}

function certain(encoding: Encoding, byteOrderMark: boolean): SniffedEncoding {
  const how = byteOrderMark ? `${ENCODING_NAMES[encoding]} with a byte-order mark` : ENCODING_NAMES[encoding];
  const finding: IngestFinding = {
    code: 'encoding',
    severity: 'info',
    message: `The text is ${how}.`,
    value: encoding,
    override: OVERRIDE,
  };
  return { decoding: { encoding }, byteOrderMark, findings: [finding] };
}

async function askedEncoding(
  bytes: BytesToSniff,
  asked: Encoding,
  marked: Encoding | null,
): Promise<SniffedEncoding> {
  if (marked !== null && marked !== asked) {
    throw unfit(
      bytes.file,
      `--encoding ${asked}`,
      `the file starts with the byte-order mark of ${ENCODING_NAMES[marked]}`,
    );
  }
  if (bytes.survey.hasNul && !asked.startsWith('utf-16')) {
    throw unfit(bytes.file, `--encoding ${asked}`, 'it holds NUL bytes, as UTF-16 and binary files do');
  }
  const line = await firstUndecodable(bytes.read(), asked);
  if (line !== null) {
    throw unfit(
      bytes.file,
      `--encoding ${asked}`,
      `line ${line} has bytes that are not ${ENCODING_NAMES[asked]}`,
    );
  }
  const finding: IngestFinding = {
    code: 'encoding',
    severity: 'info',
    message: `The text is read as ${ENCODING_NAMES[asked]}, as asked.`,
    value: asked,
  };
  return { decoding: { encoding: asked }, byteOrderMark: marked !== null, findings: [finding] };
}

/** The first line (from 1) with bytes that the encoding has no characters for. */
async function firstUndecodable(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): Promise<number | null> {
  const decoder = textDecoder({ encoding });
  let line = 1;
  const look = (text: string): boolean => {
    const wrong = text.search(encoding === 'windows-1252' ? /[\x81\x8d\x8f\x90\x9d]/ : /\ufffd/);
    line += (wrong < 0 ? text : text.slice(0, wrong)).split(/\r\n|\n|\r/).length - 1;
    return wrong >= 0;
  };
  for await (const chunk of chunks) if (look(decoder.decode(chunk, { stream: true }))) return line;
  return look(decoder.decode()) ? line : null;
}

function charactersOf({ read }: BytesToSniff): Promise<CharacterSurvey> {
  return surveyCharacters(read());
}

/** Whether valid UTF-8 may be short text of two bytes a character by chance, as the first file was written. */
function mayBeOlder({ expects }: BytesToSniff): boolean {
  return expects?.form !== undefined && TWO_BYTES.has(expects.form.encoding);
}

function keptAs(encoding: Encoding): SniffedEncoding {
  const finding: IngestFinding = {
    code: 'encoding',
    severity: 'info',
    message: `The text is read as ${ENCODING_NAMES[encoding]}, as the first file of the dataset.`,
    value: encoding,
    override: OVERRIDE,
  };
  return { decoding: { encoding }, byteOrderMark: false, findings: [finding] };
}

/** Text that is not UTF-8 throughout. */
function older(characters: CharacterSurvey, byteOrderMark: boolean): SniffedEncoding {
  const { valid, invalid, sample } = characters;
  const share = valid / (valid + invalid);
  const legacy = legacyEncoding(sample);
  const isMixture = share >= PARTLY_UTF8 && !(legacy.confident && TWO_BYTES.has(legacy.encoding));
  if (byteOrderMark || share >= MOSTLY_UTF8 || isMixture) {
    return repairedUtf8(characters, byteOrderMark);
  }
  const rule = legacy.confident
    ? 'Its words are spelled with the letters of that encoding.'
    : 'Other encodings are possible too; look at the names and words with letters beyond a to z.';
  const finding: IngestFinding = {
    code: 'encoding',
    severity: legacy.confident ? 'info' : 'warning',
    message: `The text is not UTF-8; it is read as ${ENCODING_NAMES[legacy.encoding]}. ${rule}`,
    value: legacy.encoding,
    override: OVERRIDE,
  };
  return { decoding: { encoding: legacy.encoding }, byteOrderMark: false, findings: [finding] };
}

function repairedUtf8(characters: CharacterSurvey, byteOrderMark: boolean): SniffedEncoding {
  const { valid, invalid, invalidLines, sample } = characters;
  const repair = repairEncoding(sample);
  const decoding: Decoding = { encoding: 'utf-8', repair };
  const lines = invalidLines.map(({ line }) => line).join(', ');
  const [first] = invalidLines;
  const finding: IngestFinding = {
    code: 'encoding-repaired',
    severity: 'warning',
    message: `${invalid} byte${invalid === 1 ? ' is' : 's are'} not UTF-8, ${valid} other characters beyond ASCII are. Each such byte is read as ${ENCODING_NAMES[repair]} (line ${lines}${invalid > invalidLines.length ? ' and on' : ''}); check the text of these lines.`,
    count: invalid,
    override: OVERRIDE,
    ...(first === undefined
      ? {}
      : { line: first.line, value: textDecoder(decoding).decode(first.bytes).trim().slice(0, 200) }),
  };
  const [utf8] = certain('utf-8', byteOrderMark).findings;
  return { decoding, byteOrderMark, findings: [utf8!, finding] };
}

/** The encoding of one byte a character that has the letters of the part that is valid: most likely that of the rest. */
function repairEncoding(sample: Uint8Array): SingleByteEncoding {
  const text = new TextDecoder().decode(sample);
  const count = (letters: RegExp) => (text.match(letters) ?? []).length;
  const cyrillic = count(/[\u0400-\u04ff]/g);
  const central = count(/[ąćęłńśźżčďěňřťůőűăľĺŕđ]/gi);
  const western = count(/[àâãåæèêëìïñòõøùûœÿ]/gi);
  if (cyrillic > central + western) return 'windows-1251';
  return central > western ? 'windows-1250' : 'windows-1252';
}

function zeroShares(bytes: Uint8Array): { odd: number; even: number } {
  const pairs = Math.max(1, bytes.length >> 1);
  let odd = 0;
  let even = 0;
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  return { odd: odd / pairs, even: even / pairs };
}

function controlShare(bytes: Uint8Array): number {
  let control = 0;
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) control++;
  return control / Math.max(1, bytes.length);
}
