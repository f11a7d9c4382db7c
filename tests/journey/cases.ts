import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './slipway.ts';

/** A file of ../shared/cases/data, or undefined on a machine that has none. */
export function caseFile(name: string): string | undefined {
  const path = join(ROOT, '../shared/cases/data', name);
  return existsSync(path) ? path : undefined;
}
