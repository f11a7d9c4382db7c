// Health check of the container: exits with 0 when the control plane answers. It is asked at the address of loopback that the server
// names in its data folder, which speaks no TLS.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ANSWER_MS = 4_000;

try {
  const folder = process.env.SLIPWAY_DATA || '/data';
  const { url } = JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8'));
  const response = await fetch(new URL('/api/v1/health', url), { signal: AbortSignal.timeout(ANSWER_MS) });
  if (!response.ok) throw new Error(`status ${response.status}`);
} catch (error) {
  process.stderr.write(`not healthy: ${error.message}\n`);
  process.exitCode = 1;
}
