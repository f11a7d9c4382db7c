import { Command } from 'commander';
import { addBatchCommands } from './commands/batch.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDataCommands } from './commands/data.ts';
import { addDeployCommand } from './commands/deploy.ts';
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
import { addTrainCommand } from './commands/train.ts';
import { addUpCommand } from './commands/up.ts';
import { addValidateCommand } from './commands/validate.ts';
import { findDataFolder } from './data-folder.ts';
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
  addStatusCommand,
  addKeyCommands,
  addConfigCommand,
  addDoctorCommand,
];

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
  for (const add of COMMANDS) add(program);
  return program;
}
