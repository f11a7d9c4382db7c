import { type DataFolder, isMarkedBy } from '../adapters/data-folder/index.ts';

const EVERY_MS = 2_000;

/**
 * Looks every two seconds whether the folder is still the one that was opened. Calls `onGone` once, with the reason, when it was removed or another
 * stands in its place. Returns what ends the watch.
 */
export function watchDataFolder(
  { path, installation }: Pick<DataFolder, 'path' | 'installation'>,
  onGone: (reason: string) => void,
  everyMs = EVERY_MS,
): () => void {
  const watch = setInterval(async () => {
    const found = await isMarkedBy(path, installation);
    if (found === 'same' || found === 'unknown') return;
    clearInterval(watch);
    onGone(
      found === 'gone'
        ? `the data folder ${path} was removed, or its marker was`
        : `another data folder stands in the place of ${path}`,
    );
  }, everyMs);
  watch.unref();
  return () => clearInterval(watch);
}
