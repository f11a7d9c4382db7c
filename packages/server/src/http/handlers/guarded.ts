import { OPERATIONS, type OperationId } from '@slipway/contract';
import {
  AUDIT_RULES,
  type AuditRecorder,
  authorizeObjects,
  type ObjectOwners,
  valuesAt,
} from '../../access/index.ts';
import { actAs } from '../../kernel/index.ts';
import type { Stores } from '../../metadata/index.ts';
import type { CallContext, Caller, Handlers } from '../handler-types.ts';

type AnyHandler = (input: unknown, context: CallContext) => Promise<unknown>;

type Guards = { owners: ObjectOwners; recorder: Pick<AuditRecorder, 'read' | 'each'> };

/**
 * The handlers, each behind the check of every object that its request names, and each on behalf of its caller, so that the audit
 * log names the key. What the log has of reads and downloads is recorded before they are answered.
 */
export function guarded(handlers: Handlers, { owners, recorder }: Guards): Handlers {
  const checked = (Object.keys(OPERATIONS) as OperationId[]).map((id): [OperationId, AnyHandler] => {
    const handle = handlers[id] as AnyHandler;
    return [
      id,
      async (input, context) => {
        const { caller, requestId } = context;
        if (caller === null) return handle(input, context);
        return actAs({ principal: caller.id, requestId }, async () => {
          await authorizeObjects(id, input, caller, owners);
          const answer = await handle(input, context);
          await recordCall(id, { input, answer, caller, requestId }, recorder);
          return answer;
        });
      },
    ];
  });
  return Object.fromEntries(checked) as Handlers;
}

type Call = { input: unknown; answer: unknown; caller: Caller; requestId: string };

async function recordCall(
  id: OperationId,
  { input, answer, caller, requestId }: Call,
  recorder: Guards['recorder'],
): Promise<void> {
  const rule = AUDIT_RULES[id];
  if (typeof rule === 'string') return;
  const place = 'each' in rule ? rule.each : rule.counted;
  const [named = place] = valuesAt({ ...(input as object), answer }, place.split('.'));
  const entry = { who: caller.name, principal: caller.id, what: id, subject: String(named), requestId };
  await ('each' in rule ? recorder.each(entry) : recorder.read(entry));
}

/** Uploads tell their owner; of jobs those that callers start, in their input. */
export function objectOwners({ uploads, jobs }: Pick<Stores, 'uploads' | 'jobs'>): ObjectOwners {
  return {
    async ownerOf(kind, id) {
      if (kind === 'upload') {
        const upload = await uploads.find(id);
        return upload && { owner: upload.owner };
      }
      const job = await jobs.find(id);
      if (job === undefined) return undefined;
      const { callerId = null } = (job.input ?? {}) as { callerId?: string | null };
      return { owner: callerId };
    },
  };
}
