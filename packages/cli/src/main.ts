import { buildProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

/** Whoever reads our output may have enough of it, as `head` does. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

buildProgram()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    process.exitCode = reportFailure(error, process.argv.includes('--json'));
  });
