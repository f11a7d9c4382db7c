import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LOOK_EVERY_MS = 400;

const markIn = (folder: string) => join(folder, 'enough');

/** Leaves a mark for the search whose journal lies in `folder`: it has tried enough. Outlives every process. */
export async function sayEnough(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(markIn(folder), '', { mode: 0o600 });
}

/** Aborts once there is a mark in `folder`; looks for it now and then, for as long as the process lives. */
export function watchEnough(folder: string): AbortSignal {
  const controller = new AbortController();
  const look = () => {
    if (!existsSync(markIn(folder))) return;
    controller.abort();
    clearInterval(timer);
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  look();
  return controller.signal;
}
