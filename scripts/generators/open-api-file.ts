import { openApiDocument } from '@slipway/contract';
import manifest from '../../package.json' with { type: 'json' };

/** The OpenAPI document as committed, so that a change of the contract shows in review. */
export function openApiFile(): string {
  return `${JSON.stringify(openApiDocument(manifest.version), null, 2)}\n`;
}
