import { createHash } from 'node:crypto';
import type { Endpoint } from '../../metadata/index.ts';

/**
 * Names a model at an endpoint: the same version deployed again has the same id; another model under the same version number
 * has another one, and so has an endpoint that was deleted and made again.
 */
export function deploymentId({ createdAt }: Pick<Endpoint, 'createdAt'>, bundleId: string): string {
  return createHash('sha256').update(`${createdAt} ${bundleId}`).digest('hex').slice(0, 16);
}
