import type { AuditVerdict } from './audit-chain.ts';
import type { AuditAnchorFile, AuditLog } from './ports.ts';

/** An entry that is remembered outside the database. */
export type AuditAnchor = { sequence: number; hash: string };

export type AnchoredVerdict = AuditVerdict & { anchor: AuditAnchor | null };

/** Walks the whole log and compares it with the anchor of the data folder, and with one that an operator kept elsewhere. */
export async function verifyAudit(
  { audit, file }: { audit: AuditLog; file: AuditAnchorFile },
  kept?: AuditAnchor,
): Promise<AnchoredVerdict> {
  const anchor = (await file.read()) ?? null;
  const verdict = await audit.verify(anchor ?? undefined);
  if (!verdict.holds || kept === undefined) return { ...verdict, anchor };
  return { ...(await audit.verify(kept)), anchor };
}

/**
 * Moves the anchor to the newest entry. It stays where it is when the log does not lead on from it: what was deleted or
 * rewritten must not be forgotten. Returns whether the log leads on.
 */
export async function moveAnchor({
  audit,
  file,
}: {
  audit: AuditLog;
  file: AuditAnchorFile;
}): Promise<boolean> {
  const [newest] = await audit.list({ limit: 1 });
  const anchor = await file.read();
  if (anchor !== undefined) {
    if (newest?.sequence === anchor.sequence && newest.hash === anchor.hash) return true;
    const [anchored] = await audit.list({ before: anchor.sequence + 1, limit: 1 });
    if (anchored?.sequence !== anchor.sequence || anchored.hash !== anchor.hash) return false;
  }
  if (newest !== undefined) await file.write({ sequence: newest.sequence, hash: newest.hash });
  return true;
}

/**
 * Takes the log as it is from now on, after a restored backup for instance: the entry that says so names what the anchor
 * was, and becomes the anchor. Throws what the log throws.
 */
export async function acceptAudit(
  { audit, file }: { audit: AuditLog; file: AuditAnchorFile },
  { who, reason }: { who: string; reason: string },
): Promise<AuditAnchor> {
  const former = (await file.read()) ?? null;
  const details = { reason, formerAnchor: former };
  const { sequence, hash } = await audit.append({ who, what: 'audit.accept', subject: 'audit log', details });
  await file.write({ sequence, hash });
  return { sequence, hash };
}
