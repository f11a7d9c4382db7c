import { join } from 'node:path';
import { newId } from '../../kernel/index.ts';

/** Names in `folder` that nobody else uses, in this process or another. */
export function temporaryNames(folder: string): () => string {
  return () => join(folder, newId('part'));
}
