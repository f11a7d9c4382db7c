import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { fail } from '@slipway/contract';
import type { Command } from 'commander';
import { pack } from 'tar-stream';
import { type CommonOptions, common } from '../options.ts';
import { answer, print } from '../output.ts';
import type { UpOptions } from '../platform.ts';
import { collectSupportFiles } from '../support/collect-support-files.ts';
import { withPorts } from './up.ts';

type Options = CommonOptions & UpOptions & { out?: string };

export function addSupportCommand(program: Command): void {
  withPorts(common(program.command('support-bundle')))
    .description(
      'Collect logs, settings, versions and state, without secrets and without data, into one file to send along with a report.',
    )
    .option('--out <file>', 'file to write, .tar.gz; it must not exist (default slipway-support-TIME.tar.gz)')
    .action(async (options: Options) => {
      const path = resolve(options.out ?? `slipway-support-${timeInName(new Date())}.tar.gz`);
      const files = await collectSupportFiles(options);
      await writeBundle(path, files);
      answer({ file: path, files: files.map(({ name }) => name) }, options.json, () => {
        print(path);
        for (const { name, text } of files) print(`  ${name} (${text.length} characters)`);
        print(
          'Secrets are removed as far as they are known or look like one; read the files before you send them.',
        );
      });
    });
}

/** `20261130T051500Z` */
function timeInName(time: Date): string {
  return time.toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

/** For its user alone. */
async function writeBundle(path: string, files: readonly { name: string; text: string }[]): Promise<void> {
  const handle = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EEXIST' ? 'it exists already' : (error.code ?? error.message);
    throw fail('request.invalid', { reason: `--out: ${path} cannot be written: ${reason}` }, { path: 'out' });
  });
  const tar = pack();
  for (const { name, text } of files) tar.entry({ name: `slipway-support/${name}`, mode: 0o600 }, text);
  tar.finalize();
  await pipeline(tar, createGzip(), handle.createWriteStream());
}
