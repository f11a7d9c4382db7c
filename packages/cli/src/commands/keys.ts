import { type Command, Option } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, say, table } from '../output.ts';

const ROLES = ['owner', 'admin', 'editor', 'viewer', 'labeller', 'predictor'] as const;

export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('API keys of the control plane.');
  common(keys.command('list'))
    .description('List the keys.')
    .action(async (options: CommonOptions) => {
      const found = await (await connect(options)).call['keys.list']();
      answer(found, options.json, () =>
        table(
          ['id', 'name', 'role', 'begins', 'made', 'revoked'],
          found.keys.map((key) => [key.id, key.name, key.role, key.prefix, key.createdAt, key.revokedAt]),
        ),
      );
    });
  common(keys.command('add'))
    .description('Make a key; its secret is shown this once.')
    .argument('<name>')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).default('viewer'))
    .action(async (name: string, options: CommonOptions & { role: (typeof ROLES)[number] }) => {
      const made = await (await connect(options)).call['keys.create']({ body: { name, role: options.role } });
      answer(made, options.json, () => process.stdout.write(`${made.secret}\n`));
    });
  common(keys.command('revoke'))
    .description('Revoke a key at once.')
    .argument('<id>')
    .action(async (id: string, options: CommonOptions) => {
      const done = await (await connect(options)).call['keys.revoke']({ params: { id } });
      answer(done, options.json, () => say('Revoked.'));
    });
}
