import { readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '@slipway/contract';
import { z } from 'zod';
import type { AuditAnchorFile } from '../../access/index.ts';
import { newId } from '../../kernel/index.ts';
import { syncFolder, writeSynced } from './synced-files.ts';

const anchorSchema = z.object({ sequence: z.int().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** The anchor of the audit log as a file of one line, mode 0600. */
export function auditAnchorFile(path: string): AuditAnchorFile {
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return undefined;
      });
      return text === undefined ? undefined : anchorIn(path, text);
    },
    async write({ sequence, hash }) {
      const aside = join(dirname(path), newId('anchor-part'));
      try {
        await writeSynced(aside, `${JSON.stringify({ sequence, hash })}\n`);
        await rename(aside, path);
        await syncFolder(dirname(path));
      } finally {
        await rm(aside, { force: true });
      }
    },
  };
}

function anchorIn(file: string, text: string) {
  try {
    return anchorSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw fail('audit.anchor-unreadable', { file }, { cause });
  }
}
