import { join } from 'node:path';
import { isId, newId } from '../../kernel/index.ts';

/** Names in `folder` that nobody else uses, in this process or another. */
export function temporaryNames(folder: string): () => string {
  return () => join(folder, newId('part'));
}

/** Whether {@link temporaryNames} makes names like this. */
export function isTemporaryName(name: string): boolean {
  return isId('part', name);
}
