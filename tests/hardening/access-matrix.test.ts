import { isStream, OPERATIONS, type Operation, type OperationId, type Permission } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, expectProblem } from './requests.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';

const ROLES = ['viewer', 'labeller', 'predictor', 'editor', 'admin', 'owner'] as const;

/** Said once more, by hand: what each role may do. A change of the roles must be made here too. */
const READING: Permission[] = [
  'jobs:read',
  'system:read',
  'datasets:read',
  'pipelines:read',
  'runs:read',
  'models:read',
  'endpoints:read',
  'monitor:read',
  'labelling:read',
];
const MAY: Record<(typeof ROLES)[number], readonly Permission[] | 'everything'> = {
  viewer: READING,
  labeller: ['labelling:read', 'labelling:answer'],
  predictor: ['endpoints:predict', 'labels:write', 'uploads:write', 'jobs:read'],
  editor: [
    ...READING,
    'uploads:write',
    'uploads:read',
    'datasets:write',
    'pipelines:write',
    'models:write',
    'endpoints:write',
    'endpoints:predict',
    'labels:write',
    'labelling:write',
    'labelling:answer',
  ],
  admin: 'everything',
  owner: 'everything',
};

let server: ServerUnderTest;
const keys: Record<string, string> = {};
beforeAll(async () => {
  // Hundreds of wrong keys are tried here: what holds their sender up has a test of its own.
  const set = ['http.failedKeysBeforeLockout=1000000'];
  server = await startServer({ folder: await newFolder(), set });
  const make = server.client.call['keys.create'];
  for (const role of ROLES) keys[role] = (await make({ body: { name: role, role } })).secret;
  keys['expired'] = (
    await make({ body: { name: 'old', role: 'owner', expiresAt: '2020-01-01T00:00:00Z' } })
  ).secret;
  const revoked = await make({ body: { name: 'gone', role: 'owner' } });
  await server.client.call['keys.revoke']({ params: { id: revoked.id } });
  keys['revoked'] = revoked.secret;
}, 120_000);
afterAll(cleanUp);

const operations = Object.entries(OPERATIONS) as [OperationId, Operation][];
const guarded = operations.filter(([, { permission }]) => permission !== 'public');

/** A call that names things which do not exist: whoever is let in hears that, or an answer. */
function send(operation: Operation, token: string | undefined, headers: Record<string, string> = {}) {
  const path = operation.path.replace('{version}', '1').replace(/\{\w+\}/g, 'nothing-here');
  const isBytes = operation.body !== undefined && isStream(operation.body);
  return ask(`${server.url}${path}`, {
    method: operation.method,
    token,
    headers: { ...(isBytes ? { 'content-type': 'application/octet-stream' } : {}), ...headers },
    ...(operation.body === undefined ? {} : { body: isBytes ? 'bytes' : {} }),
  });
}

describe('every operation that is not public', () => {
  it.each(guarded)(
    '%s is refused without a key, and with one that is wrong, revoked or expired',
    async (_id, operation) => {
      const wrong = [undefined, '', 'slip_guess', keys['revoked'], keys['expired'], `${keys['owner']}x`];
      for (const token of wrong) {
        const answer = await send(operation, token);
        expectProblem(answer, 401, 'access.unauthenticated');
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
      expectProblem(
        await send(operation, undefined, { authorization: `Basic ${btoa(`owner:${keys['owner']}`)}` }),
        401,
        'access.unauthenticated',
      );
    },
  );

  it.each(guarded)('%s lets in exactly the roles that have its permission', async (_id, operation) => {
    const answers = await Promise.all(ROLES.map((role) => send(operation, keys[role])));
    for (const [index, role] of ROLES.entries()) {
      const answer = answers[index]!;
      const may = MAY[role] === 'everything' || MAY[role].includes(operation.permission as Permission);
      if (may) expect([200, 400, 404, 422], `${role}: ${answer.text}`).toContain(answer.status);
      else expectProblem(answer, 403, 'access.forbidden');
    }
  });
});

describe('the key of a caller', () => {
  it('is taken whatever the case of the word Bearer', async () => {
    const answer = await ask(`${server.url}/api/v1/status`, {
      headers: { authorization: `bearer ${keys['viewer']}` },
    });
    expect(answer.status).toBe(200);
  });

  it('stops working at once when it is revoked', async () => {
    const { id, secret } = await server.client.call['keys.create']({
      body: { name: 'brief', role: 'viewer' },
    });
    const look = () => ask(`${server.url}/api/v1/status`, { token: secret });
    expect((await look()).status).toBe(200);
    await server.client.call['keys.revoke']({ params: { id } });
    expect((await look()).status).toBe(401);
  });

  it('is not taken from the query, a cookie, a body or a header that a proxy would set', async () => {
    const token = keys['owner']!;
    const headers = {
      cookie: `token=${token}`,
      'x-api-key': token,
      'x-forwarded-user': 'owner',
      'x-request-from': 'internal',
    };
    expect(
      (await ask(`${server.url}/api/v1/status?token=${token}&access_token=${token}`, { headers })).status,
    ).toBe(401);
  });
});

describe('public operations', () => {
  it('are the health check and the proof of identity alone', () => {
    const open = operations.filter(([, { permission }]) => permission === 'public').map(([id]) => id);
    expect(open).toEqual(['system.health', 'system.identity']);
  });
});
