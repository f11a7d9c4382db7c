import {
  type AuditAnchorFile,
  type AuditLog,
  type AuditRecorder,
  auditRecorder,
  moveAnchor,
  verifyAudit,
} from '../access/index.ts';
import type { Denial } from '../http/index.ts';
import type { Clock } from '../kernel/index.ts';

/** Entries that are younger may be deleted unnoticed. */
const ANCHOR_EVERY_MS = 5_000;

type Parts = {
  audit: AuditLog;
  file: AuditAnchorFile;
  clock: Clock;
  onError: (error: unknown) => void;
};

export type RunningAuditLog = {
  recorder: AuditRecorder;
  noteDenial: (denial: Denial) => void;
  /** Appends what was counted and moves the anchor a last time. */
  stop(): Promise<void>;
};

/**
 * Verifies the log, as it is at the start, in the background, and keeps its anchor in the data folder up to date. A log that does not
 * hold is reported as an error once, and its anchor stays.
 */
export function runAuditLog({ audit, file, clock, onError }: Parts): RunningAuditLog {
  const recorder = auditRecorder((entry) => audit.append(entry), clock);
  let isReported = false;
  const report = (reason: string) => {
    if (!isReported)
      onError(new Error(`The audit log is not intact: ${reason}. Run \`slipway audit verify\`.`));
    isReported = true;
  };
  const move = async () => {
    if (!(await moveAnchor({ audit, file })))
      report('the entries up to the anchor of the data folder are not in the database');
  };
  const verify = async () => {
    const verdict = await verifyAudit({ audit, file });
    if (!verdict.holds) report(`entry ${verdict.brokenAt}, ${verdict.says}`);
  };
  let last = verify().catch(onError);
  const then = (work: () => Promise<unknown>) => {
    last = last.then(work).then(undefined, onError);
  };
  let isWaiting = false;
  const timer = setInterval(() => {
    if (isWaiting) return;
    isWaiting = true;
    then(() => recorder.flush('over'));
    then(move);
    then(async () => {
      isWaiting = false;
    });
  }, ANCHOR_EVERY_MS);
  return {
    recorder,
    noteDenial: (denial) => void recorder.denial(entryOf(denial)).catch(onError),
    async stop() {
      clearInterval(timer);
      then(() => recorder.flush('all'));
      then(move);
      await last;
    },
  };
}

function entryOf({ caller, what, route, address, requestId, details }: Denial) {
  return {
    who: caller?.name ?? `anonymous, ${address}`,
    principal: caller?.id ?? null,
    what,
    subject: route,
    requestId,
    details: { ...details, address },
  };
}
