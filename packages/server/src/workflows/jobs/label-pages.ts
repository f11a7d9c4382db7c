import type { Label, ObjectStore } from '../../metadata/index.ts';
import { jsonParts } from '../complete/json-lines.ts';

const LABELS_IN_A_PAGE = 5000;

/** The labels of an object that the control plane wrote, page by page, in its order; holds one page. None without an object. */
export async function* labelPages(
  objects: Pick<ObjectStore, 'read'>,
  sha256: string | null,
): AsyncGenerator<Label[]> {
  if (sha256 !== null) yield* jsonParts<Label>(objects.read(sha256), LABELS_IN_A_PAGE);
}
