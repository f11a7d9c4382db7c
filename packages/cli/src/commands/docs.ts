import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from '@slipway/contract';
import type { Command } from 'commander';
import { nearest } from '../did-you-mean.ts';
import { print } from '../output.ts';

/** The pages lie in the installation, beside the built programs. */
const DOCS = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs');
const FOLDERS = ['', 'reference'];

export function addDocsCommand(program: Command): void {
  program
    .command('docs')
    .description('Print a page of the documentation, or list the topics.')
    .argument('[topic]', 'such as serving or commands')
    .action((topic: string | undefined) => {
      const pages = new Map(FOLDERS.flatMap(pagesIn));
      if (topic === undefined) {
        for (const name of pages.keys()) print(name);
        return;
      }
      const page = pages.get(topic.toLowerCase().replace(/\.md$/, ''));
      if (page === undefined) {
        const near = nearest(topic, [...pages.keys()]);
        const reason = `there is no topic ${topic}${near ? `; did you mean ${near}?` : ''} (slipway docs lists the topics)`;
        throw fail('command.invalid', { reason });
      }
      process.stdout.write(readFileSync(page, 'utf8'));
    });
}

function pagesIn(folder: string): [string, string][] {
  return readdirSync(join(DOCS, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => [name.slice(0, -'.md'.length), join(DOCS, folder, name)]);
}
