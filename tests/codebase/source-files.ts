import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ROOT } from '../../scripts/root.mjs';

const TOPS = ['packages', 'tests', 'bench'];
const NOT_OURS = new Set(['node_modules', 'dist', '.vite', 'bin', '.slipway']);

/** Every TypeScript file of the codebase, as a path from the root with forward slashes. */
export async function sourceFiles(): Promise<string[]> {
  const found = await Promise.all(TOPS.map((top) => filesUnder(join(ROOT, top))));
  return found.flat().filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
}

/** The names of all folders below the top ones, as paths from the root. */
export async function folders(): Promise<string[]> {
  const parents = (await sourceFiles()).flatMap((file) => ancestors(file));
  return [...new Set(parents)];
}

function ancestors(file: string): string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const nested = await Promise.all(
    entries
      .filter((entry) => !NOT_OURS.has(entry.name))
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? filesUnder(path) : [relative(ROOT, path).split(sep).join('/')];
      }),
  );
  return nested.flat();
}
