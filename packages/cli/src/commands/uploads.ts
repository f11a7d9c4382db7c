import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, bytes, print, say, table } from '../output.ts';

type ListOptions = CommonOptions & { allKeys?: boolean; limit: string };

export function addUploadCommands(program: Command): void {
  const uploads = program.command('uploads').description('Uploaded files, kept for at most a day.');
  common(uploads.command('list'))
    .description('List your uploads, newest first, and the bytes they count for.')
    .option('--all-keys', 'list those of all keys')
    .option('--limit <count>', 'how many', '100')
    .action(async (options: ListOptions) => {
      const query = { limit: Number(options.limit), ...(options.allKeys && { keys: 'all' as const }) };
      const found = await (await connect(options)).call['uploads.list']({ query });
      answer(found, options.json, () => {
        table(
          ['id', 'file', 'size', 'uploaded', 'key'],
          found.uploads.map((one) => [one.id, one.filename, bytes(one.bytes), one.createdAt, one.key]),
        );
        const { uploads: shown, total, usedBytes, limitBytes } = found;
        if (total > shown.length) print(`${shown.length} of ${total}; see more with --limit.`);
        const limit = limitBytes === null ? 'no limit' : `${bytes(limitBytes)} (http.maxUploadedBytesPerKey)`;
        print(`Your uploads: ${bytes(usedBytes)} of ${limit}.`);
      });
    });
  common(uploads.command('delete'))
    .description('Delete uploads; what was made of them stays.')
    .argument('<id...>')
    .action(async (ids: string[], options: CommonOptions) => {
      const client = await connect(options);
      const deleted: { id: string; deleted: boolean; erased: boolean }[] = [];
      for (const id of ids)
        deleted.push({ id, ...(await client.call['uploads.delete']({ params: { id } })) });
      answer({ deleted }, options.json, () => {
        for (const { id, erased } of deleted)
          say(`${id}: deleted${erased ? '' : '; its bytes are removed when no object references them'}.`);
      });
    });
}
