import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TEST_CERTIFICATES } from '../../packages/server/src/testing/test-certificates.ts';
import { askRaw } from './requests.ts';
import { cleanUp, newFolder, startServer } from './server-under-test.ts';

afterAll(cleanUp);

const HEADER = 'strict-transport-security';
const A_YEAR = 'max-age=31536000';

/** The header of an answer over TLS by the test certificate. */
function headerOverTls(url: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/api/v1/health`, { ca: TEST_CERTIFICATES.first.certificate }, (answer) => {
      answer.resume();
      resolve(answer.headers[HEADER]);
    });
    asked.once('error', reject);
    asked.end();
  });
}

describe('the control plane tells browsers to stay with https', () => {
  it('where its public address is one, in refusals too', async () => {
    const set = ['http.publicUrl=https://ml.example'];
    const server = await startServer({ folder: await newFolder(), set });
    for (const path of ['/api/v1/health', '/api/v1/status', '/nowhere']) {
      const { headers } = await askRaw(server.url, path, { headers: { host: 'ml.example' } });
      expect([path, headers.get(HEADER)]).toEqual([path, A_YEAR]);
    }
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('and where it serves TLS itself', async () => {
    const folder = await newFolder();
    const [certificate, key] = [join(dirname(folder), 'tls.pem'), join(dirname(folder), 'tls.key')];
    await writeFile(certificate, TEST_CERTIFICATES.first.certificate);
    await writeFile(key, TEST_CERTIFICATES.first.key, { mode: 0o600 });
    const set = [`http.tlsCertificate=${certificate}`, `http.tlsKey=${key}`];
    const server = await startServer({ folder, set });
    const { console: address } = await server.client.call['system.status']();
    expect(await headerOverTls(address)).toBe(A_YEAR);
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('and says nothing of it over plain HTTP', async () => {
    const server = await startServer({ folder: await newFolder() });
    const { headers } = await askRaw(server.url, '/api/v1/health');
    expect(headers.get(HEADER)).toBeNull();
    expect(await server.end('SIGTERM')).toBe(0);
  });
});
