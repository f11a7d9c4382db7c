import { fail } from '@slipway/contract';
import { isCallerId } from '../../caller-ids.ts';

/**
 * The id of a request whose parameter `prediction_id` says that it names the predictions as well. Without that it does not:
 * many clients count their requests from 0, each for itself. Throws `request.invalid`.
 */
export function predictionIdOf(id: string | undefined): string {
  if (id !== undefined && isCallerId(id)) return id;
  const reason = 'an id that names predictions is of 1 to 128 letters, digits, "_", ".", ":" and "-"';
  throw fail('request.invalid', { reason }, { path: 'id' });
}
