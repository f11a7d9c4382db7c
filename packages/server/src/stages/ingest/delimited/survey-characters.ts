import { isAscii } from 'node:buffer';
import { sequenceLength } from './decode.ts';

const LF = 0x0a;
const CR = 0x0d;
/** How much of the lines that are not plain ASCII is kept to tell an encoding by. */
const SAMPLE_BYTES = 64 * 1024;
const LINES_KEPT = 5;

/** What a file that is not UTF-8 throughout holds, and a sample of its lines that are not plain ASCII. */
export type CharacterSurvey = {
  /** Characters of several bytes that are valid UTF-8. */
  valid: number;
  /** Bytes that are part of no valid UTF-8 character. */
  invalid: number;
  /** Lines (from 1) that hold such bytes, at most 5, with their bytes. */
  invalidLines: { line: number; bytes: Uint8Array }[];
  /** Whole lines that are not plain ASCII, up to 64 KiB. */
  sample: Uint8Array;
};

/** Counts valid and invalid UTF-8 over all bytes. */
export async function surveyCharacters(chunks: AsyncIterable<Uint8Array>): Promise<CharacterSurvey> {
  const survey: CharacterSurvey = { valid: 0, invalid: 0, invalidLines: [], sample: new Uint8Array() };
  const sample: Uint8Array[] = [];
  let sampled = 0;
  let line = 0;
  for await (const bytes of lines(chunks)) {
    line++;
    if (isAscii(bytes)) continue;
    if (sampled < SAMPLE_BYTES) {
      sample.push(Uint8Array.from(bytes.subarray(0, SAMPLE_BYTES)), Uint8Array.of(LF));
      sampled += bytes.length + 1;
    }
    const invalid = countInto(survey, bytes);
    if (invalid > 0 && survey.invalidLines.length < LINES_KEPT) {
      survey.invalidLines.push({ line, bytes: Uint8Array.from(bytes.subarray(0, SAMPLE_BYTES)) });
    }
  }
  return { ...survey, sample: Buffer.concat(sample) };
}

/** Lines without their ends, LF or CR alone; one that no chunk of several ends is given in pieces. */
async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.includes(LF) ? LF : CR;
    let from = 0;
    for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, from)) {
      yield bytes.subarray(from, at);
      from = at + 1;
    }
    rest = Uint8Array.from(bytes.subarray(from));
    if (rest.length > 4 * chunk.length) {
      yield rest;
      rest = new Uint8Array();
    }
  }
  if (rest.length > 0) yield rest;
}

function countInto(survey: CharacterSurvey, bytes: Uint8Array): number {
  let invalid = 0;
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i);
    if (length === 0) invalid++;
    if (length > 1) survey.valid++;
    i += Math.max(1, length);
  }
  survey.invalid += invalid;
  return invalid;
}
