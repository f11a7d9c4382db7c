import { createHash } from 'node:crypto';
import type { DatasetManifest } from './model.ts';

/** The id of a dataset version: SHA-256, lower-case hex, of the manifest's canonical JSON. */
export function manifestId(manifest: DatasetManifest): string {
  return createHash('sha256').update(canonicalJson(manifest)).digest('hex');
}

/** JSON without spaces and with the keys of objects sorted, so that equal values are equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isPlainObject(part) ? sortedKeys(part) : part));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortedKeys(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
