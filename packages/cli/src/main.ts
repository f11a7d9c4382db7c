import { buildProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

const program = buildProgram();
program.parseAsync(process.argv).catch((error: unknown) => {
  process.exitCode = reportFailure(error, process.argv.includes('--json'));
});
