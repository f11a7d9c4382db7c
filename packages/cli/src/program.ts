import { Command, Help, type Option } from 'commander';
import { addAuditCommands } from './commands/audit.ts';
import { addBatchCommands } from './commands/batch.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDataCommands } from './commands/data.ts';
import { addDeployCommand } from './commands/deploy.ts';
import { addDocsCommand } from './commands/docs.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEndpointCommands } from './commands/endpoints.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addLabellingCommands } from './commands/label.ts';
import { addLabelCommands } from './commands/labels.ts';
import { addModelCommands } from './commands/models.ts';
import { addMonitorCommand } from './commands/monitor.ts';
import { addOptimizeCommand } from './commands/optimize.ts';
import { addPipelineCommands } from './commands/pipelines.ts';
import { addPredictCommand } from './commands/predict.ts';
import { addRetrainCommand } from './commands/retrain.ts';
import { addRunCommands } from './commands/runs.ts';
import { addShipCommand } from './commands/ship.ts';
import { addStatusCommand } from './commands/status.ts';
import { addStorageCommands } from './commands/storage.ts';
import { addSupportCommand } from './commands/support.ts';
import { addTrainCommand } from './commands/train.ts';
import { addUpCommand } from './commands/up.ts';
import { addUploadCommands } from './commands/uploads.ts';
import { addValidateCommand } from './commands/validate.ts';
import { findDataFolder } from './data-folder.ts';
import { SHARED_GROUPS } from './options.ts';
import { asThisUserRuns } from './own-command.ts';
import { VERSION } from './version.ts';

/** Every command, in the order in which a newcomer meets them. */
const COMMANDS = [
  addShipCommand,
  addTrainCommand,
  addUpCommand,
  addPredictCommand,
  addBatchCommands,
  addMonitorCommand,
  addLabelCommands,
  addLabellingCommands,
  addRetrainCommand,
  addOptimizeCommand,
  addValidateCommand,
  addDeployCommand,
  addEndpointCommands,
  addModelCommands,
  addRunCommands,
  addPipelineCommands,
  addDataCommands,
  addUploadCommands,
  addStatusCommand,
  addKeyCommands,
  addAuditCommands,
  addStorageCommands,
  addConfigCommand,
  addDoctorCommand,
  addSupportCommand,
  addDocsCommand,
  addCompletionCommand,
];

/** Shown first in the help of a command. */
const EXAMPLES: Record<string, string[]> = {
  ship: [
    'ship customers.csv --target churned',
    'ship sales.csv --task forecast --time day --target units --horizon 14',
  ],
  train: ['train customers.csv --target churned --learner boosted-trees --budget 5m'],
  up: ['up', 'up --data /srv/slipway --port 8080 --inference-port 8081'],
  predict: [
    'predict customers new.csv --out predicted.csv',
    'predict sales --horizon 14',
    'predict customers - < new.csv',
  ],
  retrain: ['retrain customers more.csv'],
  deploy: ['deploy customers@2 --canary 10%,50%,100% --bake 5m'],
};

/** The groups of a command's own options go before those that many commands have. */
function ownFirst<T extends Command | Option>(
  unsorted: T[],
  visible: T[],
  groupOf: (item: T) => string,
): Map<string, T[]> {
  const groups = [...Help.prototype.groupItems(unsorted, visible, groupOf)] as [string, T[]][];
  const isShared = ([heading]: [string, T[]]) => SHARED_GROUPS.includes(heading);
  return new Map([...groups.filter((group) => !isShared(group)), ...groups.filter(isShared)]);
}

/** A command or an option in one line of the terminal; what is cut is whole in `slipway docs commands`, and where the help is piped. */
function lineOfItem(this: Help, term: string, termWidth: number, description: string): string {
  const start = `  ${term.padEnd(termWidth)}  `;
  const room = Math.max(20, (process.stdout.columns || 80) - start.length);
  const cut = description.length <= room ? description : `${description.slice(0, room - 1).trimEnd()}…`;
  return `${start}${cut}`.trimEnd();
}

export function buildProgram(): Command {
  const program = new Command('slipway')
    .description('Takes a machine-learning model from prediction to production.')
    .version(VERSION)
    .exitOverride()
    .hook('preAction', (_, action) => findDataFolder(action))
    .showSuggestionAfterError()
    .showHelpAfterError('(slipway --help shows every command)')
    .addHelpText(
      'after',
      '\nStart with:\n  slipway ship customers.csv --target churned\n\nExit codes: 0 done, 1 ours, 2 wrong words, 3 no access, 4 not there, 5 in the way,\n6 unusable data, 7 try again, 8 not built yet, 10 a gate refused the new model, 130 stopped.',
    );
  program.configureHelp({ groupItems: ownFirst, ...(process.stdout.isTTY && { formatItem: lineOfItem }) });
  for (const add of COMMANDS) add(program);
  for (const [name, lines] of Object.entries(EXAMPLES)) {
    const text = lines.map((line) => `  ${asThisUserRuns(`slipway ${line}`)}\n`).join('');
    program.commands.find((command) => command.name() === name)?.addHelpText('before', `Examples:\n${text}`);
  }
  return program;
}
