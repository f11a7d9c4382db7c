import type { FailureKind } from '@slipway/contract';
import type { Command } from 'commander';
import { buildProgram } from '../../packages/cli/src/program.ts';
import { EXIT_CODE, EXIT_REFUSED } from '../../packages/cli/src/report-failure.ts';
import { code, GENERATED_NOTICE, table } from './markdown.ts';

/** Every command of the terminal with its words and options, and what its exit codes mean. */
export function commandsReference(): string {
  const program = buildProgram();
  return [
    GENERATED_NOTICE,
    '',
    '# Commands',
    '',
    'Data goes to stdout, messages to stderr. With `--json` stdout holds one JSON document, also of a failure, and the lines of stderr that begin with `{` are [progress events](../operations.md#progress).',
    ...leaves(program, []).map(([path, command]) => section(path, command)),
    '',
    '## Exit codes',
    '',
    table(['code', 'meaning'], exitCodes()),
    '',
  ].join('\n');
}

/** Commands that do something themselves, with the words that lead to them. */
function leaves(command: Command, path: string[]): [string[], Command][] {
  const here = [...path, command.name()];
  return command.commands.length === 0
    ? [[here, command]]
    : command.commands.flatMap((one) => leaves(one, here));
}

function section(path: string[], command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}…` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const options = command.options.filter((option) => !option.hidden);
  return [
    `\n## ${path.join(' ')}`,
    '',
    code([...path, ...words].join(' ')),
    '',
    `${command.description().replace(/\.?$/, '.')}`,
    '',
    table(
      ['option', 'what it does'],
      options.map((option) => [code(option.flags), option.description]),
    ),
  ].join('\n');
}

function exitCodes(): string[][] {
  const kinds = Object.entries(EXIT_CODE) as [FailureKind, number][];
  const numbers = [...new Set(kinds.map(([, number]) => number))].sort((a, b) => a - b);
  return [
    ['0', 'done'],
    ...numbers.map((number) => [
      String(number),
      kinds
        .filter(([, one]) => one === number)
        .map(([kind]) => `[${kind}](failures.md#kinds)`)
        .join(', '),
    ]),
    [String(EXIT_REFUSED), 'a gate refused the new model; the champion stays'],
    ['130', 'stopped by Ctrl-C'],
  ];
}
