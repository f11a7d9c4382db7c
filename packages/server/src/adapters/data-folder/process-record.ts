import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { identityOf, type ProcessIdentity } from './process-identity.ts';

/** Remembers in the data folder which process works for it, so that the next server recognises it where this one was killed. */
export type ProcessRecord = {
  /**
   * Before it returns, so that no process goes on without its record. On a disk that takes nothing it is left out: the process matters
   * more, and what is missing is that a next start recognises it.
   */
  keep(pid: number): void;
  forget(): void;
  /** The process that a former server left; undefined where it left none, or the record cannot be read. */
  former(): ProcessIdentity | undefined;
};

const identitySchema = z.object({
  pid: z.int().min(1),
  startedAt: z.string().max(200),
  place: z.string().max(1_000),
});

/** The record as a file of one line, mode 0600. It is replaced as a whole. */
export function processRecord(path: string): ProcessRecord {
  return {
    keep(pid) {
      const aside = `${path}.part`;
      onDiskThatMayRefuse(() => {
        writeFileSync(aside, `${JSON.stringify(identityOf(pid))}\n`, { mode: 0o600 });
        renameSync(aside, path);
      });
    },
    forget: () => onDiskThatMayRefuse(() => rmSync(path, { force: true })),
    former() {
      try {
        return identitySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch {
        return undefined;
      }
    },
  };
}

function onDiskThatMayRefuse(work: () => void): void {
  try {
    work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}
