import { createHash } from 'node:crypto';
import { fail } from '@slipway/contract';
import { BUNDLE_FILES, type BundleFile } from '../model.ts';
import type { BundleFiles, Signer } from '../ports.ts';
import { type Envelope, openEnvelope, sealEnvelope } from './envelope.ts';

export const SIGNATURE_FILE: BundleFile = 'signature.json';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** An in-toto statement, https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
type Statement = {
  _type: 'https://in-toto.io/Statement/v1';
  subject: { name: string; digest: { sha256: string } }[];
  predicateType: 'urn:slipway:bundle:1';
  predicate: Record<string, never>;
};

/** The content of `signature.json`: the hash of every other file, signed. */
export async function signBundle(files: BundleFiles, signer: Signer): Promise<Uint8Array> {
  const statement: Statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: contentFiles(files).map((name) => ({ name, digest: { sha256: sha256(files.get(name)!) } })),
    predicateType: 'urn:slipway:bundle:1',
    predicate: {},
  };
  const envelope = await sealEnvelope(PAYLOAD_TYPE, encodeJson(statement), signer);
  return encodeJson(envelope);
}

/**
 * Throws `bundle.invalid` unless `signature.json` is signed by a trusted key and names exactly the other files with
 * their true hashes.
 */
export async function verifyBundle(files: BundleFiles, signer: Signer): Promise<void> {
  const payload = await openEnvelope(readEnvelope(files), signer);
  if (payload === undefined) throw invalid('its signature does not hold, or its key is not trusted');
  const hashes = hashesOf(payload);
  const present = contentFiles(files);
  const missing = [...hashes.keys()].find((name) => !files.has(name as BundleFile));
  if (missing !== undefined) throw invalid(`${missing} is missing`);
  for (const name of present) {
    if (!hashes.has(name)) throw invalid(`${name} is not one of its files`);
    if (hashes.get(name) !== sha256(files.get(name)!)) throw invalid(`${name} does not match its hash`);
  }
}

/**
 * The hashes that a `signature.json` names, by file, without asking who signed it: for a process that is handed a
 * verified folder and reads a few of its files. Throws `bundle.invalid` when it is not one.
 */
export function signedHashes(signature: Uint8Array): ReadonlyMap<string, string> {
  const envelope = readEnvelope(new Map([[SIGNATURE_FILE, signature]]));
  return hashesOf(Buffer.from(envelope.payload, 'base64'));
}

/** The id of a bundle: the SHA-256 of its `signature.json`, which fixes every other file. */
export function bundleId(files: BundleFiles): string {
  const signature = files.get(SIGNATURE_FILE);
  if (signature === undefined) throw invalid(`${SIGNATURE_FILE} is missing`);
  return sha256(signature);
}

function hashesOf(payload: Uint8Array): Map<string, string> {
  const statement = parseJson(payload) as Partial<Statement> | null;
  if (statement?.predicateType !== 'urn:slipway:bundle:1')
    throw invalid('its signature is about something else');
  const { subject = [] } = statement;
  if (!Array.isArray(subject) || !subject.every(isSubject)) throw invalid('its signature names no files');
  return new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
}

function isSubject(value: Partial<Statement['subject'][number]> | null): boolean {
  return typeof value?.name === 'string' && typeof value.digest?.sha256 === 'string';
}

function contentFiles(files: BundleFiles): BundleFile[] {
  const known = new Set<string>(BUNDLE_FILES);
  const stranger = [...files.keys()].find((name) => !known.has(name));
  if (stranger !== undefined) throw invalid(`${stranger} is not one of its files`);
  return BUNDLE_FILES.filter((name) => name !== SIGNATURE_FILE && files.has(name));
}

function readEnvelope(files: BundleFiles): Envelope {
  const bytes = files.get(SIGNATURE_FILE);
  if (bytes === undefined) throw invalid(`${SIGNATURE_FILE} is missing`);
  const envelope = parseJson(bytes) as Partial<Envelope> | null;
  const isWhole =
    typeof envelope?.payload === 'string' &&
    envelope.payloadType === PAYLOAD_TYPE &&
    Array.isArray(envelope.signatures) &&
    envelope.signatures.every(
      (each: Partial<Envelope['signatures'][number]> | null) =>
        typeof each?.keyid === 'string' && typeof each.sig === 'string',
    );
  if (!isWhole) throw invalid(`${SIGNATURE_FILE} is not a signed statement`);
  return envelope as Envelope;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw fail('bundle.invalid', { reason: `${SIGNATURE_FILE} is not JSON` }, { cause });
  }
}

function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function invalid(reason: string): Error {
  return fail('bundle.invalid', { reason });
}
