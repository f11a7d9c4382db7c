import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isStream, OPERATIONS, type Operation, type OperationId } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './requests.ts';
import { cleanUp, newFolder, ROOT, type ServerUnderTest, startServer } from './server-under-test.ts';

const hasConsole = existsSync(join(ROOT, 'dist', 'console', 'index.html'));

let server: ServerUnderTest;
beforeAll(async () => {
  server = await startServer({ folder: await newFolder() });
}, 120_000);
afterAll(cleanUp);

describe.skipIf(!hasConsole)('the files of the console (dist/console)', () => {
  it('come with a policy that lets no foreign script run, at every page', async () => {
    for (const path of ['/', '/index.html', '/models', '/pipeline-runs/plr_1', '/endpoints/x?tab=drift']) {
      const { status, headers, text } = await ask(`${server.url}${path}`);
      expect({ path, status }).toEqual({ path, status: 200 });
      expect(headers.get('content-type')).toContain('text/html');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe|default-src[^;]*unsafe/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(text).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>[^<]/);
    }
  });

  it('have their types, so that nosniff lets them run', async () => {
    const page = (await ask(`${server.url}/`)).text;
    const scripts = [...page.matchAll(/src="([^"]+\.js)"/g)].map((match) => match[1]!);
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      const { status, headers } = await ask(`${server.url}${script}`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toContain('javascript');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('answers of the API', () => {
  it('are not kept by caches and not read by other sites', async () => {
    const { headers } = await ask(`${server.url}/api/v1/status`, {
      token: server.ownerKey,
      headers: { origin: 'https://evil.example' },
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('that are pages of documentation run no script', async () => {
    const { status, headers, text } = await ask(`${server.url}/api/docs`);
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    for (const id of Object.keys(OPERATIONS)) expect(text).toContain(`id="${id}"`);
  });
});

type OpenApi = {
  openapi: string;
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { schemas: Record<string, unknown> };
};
type OpenApiOperation = {
  operationId: string;
  parameters: { name: string; in: string; required: boolean; schema: unknown }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { content?: Record<string, unknown>; $ref?: string }>;
  security?: unknown[];
};

describe('the OpenAPI document', () => {
  const operations = Object.entries(OPERATIONS) as [OperationId, Operation][];
  const served = async () => (await ask(`${server.url}/api/openapi.json`)).json as OpenApi;

  it('has every operation, and nothing else', async () => {
    const { openapi, paths } = await served();
    expect(openapi).toBe('3.1.0');
    const found = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`,
      ),
    );
    expect(found.toSorted()).toEqual(
      operations.map(([id, { method, path }]) => `${id} ${method} ${path}`).toSorted(),
    );
  });

  it.each(operations)('says of %s what it takes and gives', async (_id, operation) => {
    const document = await served();
    const described = document.paths[operation.path]![operation.method.toLowerCase()]!;
    const inPath = described.parameters.filter((parameter) => parameter.in === 'path');
    expect(inPath.map(({ name }) => `{${name}}`).toSorted()).toEqual(
      (operation.path.match(/\{\w+\}/g) ?? []).toSorted(),
    );
    expect(inPath.every(({ required }) => required)).toBe(true);
    expect(described.parameters.length).toBe(
      Object.keys({ ...operation.params?.shape, ...operation.query?.shape }).length,
    );
    const { body, answer } = operation;
    const bodyTypes = Object.keys(described.requestBody?.content ?? {});
    expect(bodyTypes).toEqual(body === undefined ? [] : [isStream(body) ? body.stream : 'application/json']);
    expect(Object.keys(described.responses['200']!.content!)).toEqual([
      isStream(answer) ? answer.stream : 'application/json',
    ]);
    expect(described.responses['default']).toEqual({ $ref: '#/components/responses/Problem' });
    expect(described.security).toEqual(operation.permission === 'public' ? [] : undefined);
  });

  it('refers to nothing that it does not hold', async () => {
    const document = await served();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
    expect(references.length).toBeGreaterThan(0);
    for (const reference of new Set(references)) {
      const target = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
      expect(target, reference).toBeDefined();
    }
  });

  it('is the one in docs/api/openapi.json', async () => {
    const kept = JSON.parse(await readFile(join(ROOT, 'docs', 'api', 'openapi.json'), 'utf8')) as unknown;
    expect(kept).toEqual(await served());
  });
});
