import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditAnchorFile } from '../adapters/data-folder/index.ts';
import { pgliteUnderTest } from '../adapters/database/pglite-under-test.ts';
import { actAs } from '../kernel/index.ts';
import type { DatabaseUnderTest } from '../testing/contracts/database/database-under-test.ts';
import { type AuditAnchorFile, type AuditLog, acceptAudit, moveAnchor, verifyAudit } from './index.ts';

let subject: DatabaseUnderTest;
let scratch: string;
let file: AuditAnchorFile;
let audit: AuditLog;
/** Sequence of the newest entry when a test begins. */
let newest: number;
beforeAll(async () => {
  subject = await pgliteUnderTest();
  audit = subject.database.stores.audit;
}, 120_000);
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-anchor-'));
  file = auditAnchorFile(join(scratch, 'audit-anchor.json'));
  for (const what of ['one', 'two']) newest = (await append(what)).sequence;
});
afterEach(() => rm(scratch, { recursive: true, force: true }));
afterAll(() => subject.dispose());

const append = (what: string) => audit.append({ who: 'me', what, subject: 's' });
async function removeFrom(sequence: number): Promise<void> {
  await subject.tamper(`alter table audit_entries disable trigger all;
    delete from audit_entries where sequence >= ${sequence};
    alter table audit_entries enable trigger all`);
  audit = subject.database.stores.audit; // the database was opened again
}

describe('the anchor of the audit log', () => {
  it('shows that the newest entries were deleted, also when others took their numbers', async () => {
    expect(await moveAnchor({ audit, file })).toBe(true);
    expect(await verifyAudit({ audit, file })).toMatchObject({ holds: true, anchor: { sequence: newest } });
    await removeFrom(newest);
    expect(await audit.verify()).toMatchObject({ holds: true });
    expect(await verifyAudit({ audit, file })).toMatchObject({ holds: false, brokenAt: newest });
    await append('another');
    await append('and another');
    expect(await verifyAudit({ audit, file })).toMatchObject({ holds: false, brokenAt: newest });
  });

  it('does not move on from a log that does not lead on from it, until somebody accepts that', async () => {
    await moveAnchor({ audit, file });
    const before = await file.read();
    await removeFrom(newest);
    expect(await moveAnchor({ audit, file })).toBe(false);
    await append('another');
    expect(await moveAnchor({ audit, file })).toBe(false);
    expect(await file.read()).toEqual(before);
    const accepted = await acceptAudit({ audit, file }, { who: 'me', reason: 'a backup was restored' });
    expect(await verifyAudit({ audit, file })).toMatchObject({ holds: true, anchor: accepted });
    expect((await audit.list({ limit: 1 }))[0]).toMatchObject({
      what: 'audit.accept',
      details: { reason: 'a backup was restored', formerAnchor: before },
    });
  });

  it('shows a log that was emptied', async () => {
    await moveAnchor({ audit, file });
    await removeFrom(1);
    expect(await moveAnchor({ audit, file })).toBe(false);
    expect(await verifyAudit({ audit, file })).toMatchObject({ holds: false, entries: 0 });
  });

  it('may also be an entry that was kept elsewhere', async () => {
    const kept = (await audit.list({ limit: 1 }))[0]!;
    await removeFrom(newest);
    await append('another');
    await moveAnchor({ audit, file });
    expect(await verifyAudit({ audit, file })).toMatchObject({ holds: true });
    expect(await verifyAudit({ audit, file }, kept)).toMatchObject({ holds: false, brokenAt: newest });
  });

  it('that is damaged is an error, not an anchor that is missing', async () => {
    for (const text of ['', '{}', '{"sequence":0,"hash":"x"}', 'null']) {
      await writeFile(join(scratch, 'audit-anchor.json'), text);
      await expect(moveAnchor({ audit, file })).rejects.toMatchObject({ code: 'audit.anchor-unreadable' });
    }
  });
});

describe('an entry', () => {
  it('names the key and the request on whose behalf it was appended, inside of transactions too', async () => {
    const by = { principal: 'key_7', requestId: 'req_7' };
    const entry = await actAs(by, () =>
      subject.database.transaction(async (stores) =>
        stores.audit.append({ who: 'a name that two keys have', what: 'x', subject: 's' }),
      ),
    );
    expect(entry).toMatchObject(by);
    expect(await append('of Slipway')).toMatchObject({ principal: null, requestId: null });
    expect(await audit.verify()).toMatchObject({ holds: true });
  });

  it('does not name the key of a request that is over', async () => {
    let later: Promise<unknown> = Promise.resolve();
    let go = () => {};
    const over = new Promise<void>((resolve) => {
      go = resolve;
    });
    await actAs({ principal: 'key_8', requestId: 'req_8' }, async () => {
      later = over.then(() => append('what went on'));
    });
    go();
    expect(await later).toMatchObject({ principal: null });
  });
});
