import { join } from 'node:path';
import type { DataFolder } from '../adapters/data-folder/index.ts';
import { openTrash } from '../adapters/trash/index.ts';

/** Beside what is removed, since a move cannot cross file systems. */
export function trashIn(folder: DataFolder) {
  const { objects, bundles } = folder;
  return {
    objects: openTrash({ folder: join(objects, 'trash'), homeOf: objectHome(folder) }),
    bundles: openTrash({ folder: join(bundles, 'trash'), homeOf: (id) => join(bundles, id) }),
  };
}

/** Where the object of a hash lies. */
export function objectHome({ objects }: DataFolder): (hash: string) => string {
  return (hash) => join(objects, hash.slice(0, 2), hash);
}
