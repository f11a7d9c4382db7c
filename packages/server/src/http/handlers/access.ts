import { fail } from '@slipway/contract';
import {
  type ApiKey,
  type AuditAnchor,
  acceptAudit,
  createKey,
  newSecret,
  revokeKey,
  verifyAudit,
} from '../../access/index.ts';
import type { EndpointToken } from '../../metadata/index.ts';
import type { Handlers } from '../handler-types.ts';
import type { App } from './app.ts';

type AccessHandlers = Pick<
  Handlers,
  | 'keys.list'
  | 'keys.create'
  | 'keys.revoke'
  | 'tokens.list'
  | 'tokens.create'
  | 'tokens.revoke'
  | 'audit.list'
  | 'audit.verify'
  | 'audit.accept'
>;

export function accessHandlers(app: App): AccessHandlers {
  const { database } = app;
  const { stores } = database;
  const anchored = { audit: stores.audit, file: app.auditAnchor };
  return {
    'keys.list': async () => ({ keys: (await stores.keys.list()).map(keyView) }),
    'keys.create': async ({ body }, { caller, requestId }) => {
      const { name, role, expiresAt } = body;
      const { key, secret } = await createKey(
        database,
        { who: caller!.name, requestId },
        { name, grant: { role }, expiresAt: expiresAt ?? null },
      );
      return { ...keyView(key), secret };
    },
    'keys.revoke': async ({ params }, { caller, requestId }) => {
      const key = await revokeKey(database, { who: caller!.name, requestId }, params.id);
      return { revoked: key.revokedAt !== null };
    },
    'tokens.list': async ({ params }) => {
      const { name } = await stores.endpoints.get(params.name);
      return { tokens: (await stores.endpoints.tokens(name)).map(tokenView) };
    },
    'tokens.create': async ({ params, body }, { caller, requestId }) => {
      const { secret, prefix, hash } = newSecret('slipt');
      const token = await database.transaction(async ({ endpoints, audit }) => {
        const { name, limits = null } = body;
        const added = await endpoints.addToken({ endpoint: params.name, name, prefix, hash, limits });
        await audit.append({
          who: caller!.name,
          what: 'tokens.create',
          subject: params.name,
          requestId,
          details: { token: added.id, ...limits },
        });
        return added;
      });
      await app.pipelineRuns.deployer.restore();
      return { ...tokenView(token), secret };
    },
    'tokens.revoke': async ({ params }, { caller, requestId }) => {
      const token = await database.transaction(async ({ endpoints, audit }) => {
        await endpoints.get(params.name);
        const own = await endpoints.tokens(params.name);
        if (!own.some(({ id }) => id === params.id)) throw fail('token.missing', { id: params.id });
        const revoked = await endpoints.revokeToken(params.id);
        await audit.append({
          who: caller!.name,
          what: 'tokens.revoke',
          subject: params.name,
          requestId,
          details: { token: params.id },
        });
        return revoked;
      });
      await app.pipelineRuns.deployer.restore();
      return { revoked: token.revokedAt !== null };
    },
    'audit.list': async ({ query }) => {
      const entries = await stores.audit.list({ limit: query.limit });
      const verdict = await verifyAudit(anchored);
      return {
        entries: entries.map(({ previousHash: _, ...entry }) => entry),
        intact: verdict.holds,
        brokenAt: verdict.holds ? null : verdict.brokenAt,
      };
    },
    'audit.verify': async ({ query }) => {
      const verdict = await verifyAudit(anchored, anchorOf(query.anchor));
      const { entries, anchor } = verdict;
      return verdict.holds
        ? { intact: true, entries, head: verdict.head, anchor, brokenAt: null, reason: null }
        : { intact: false, entries, head: null, anchor, brokenAt: verdict.brokenAt, reason: verdict.says };
    },
    'audit.accept': async ({ body }, { caller }) => ({
      anchor: await acceptAudit(anchored, { who: caller!.name, reason: body.reason }),
    }),
  };
}

/** Of `<sequence>:<hash>`. */
function anchorOf(text: string | undefined): AuditAnchor | undefined {
  if (text === undefined) return undefined;
  const [sequence, hash = ''] = text.split(':');
  return { sequence: Number(sequence), hash };
}

function keyView({ id, name, grant, prefix, createdAt, expiresAt, revokedAt }: ApiKey) {
  return { id, name, role: grant.role, prefix, createdAt, expiresAt, revokedAt };
}

function tokenView({ id, name, prefix, limits, createdAt, revokedAt }: EndpointToken) {
  return { id, name, prefix, limits, createdAt, revokedAt };
}
