import { loopbackUnproxied } from '@slipway/contract';
import { lastClient } from './connect.ts';
import { nearestRight } from './did-you-mean.ts';
import { forgetEmptyVariables } from './environment.ts';
import { tellSignals } from './interruption.ts';
import { isEndOfOutput, outliveOutputs } from './outputs.ts';
import { buildProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

outliveOutputs((failure) => reportFailure(failure, false));
tellSignals();
forgetEmptyVariables();
const { no_proxy, NO_PROXY } = loopbackUnproxied(process.env);
process.env.no_proxy = no_proxy;
process.env.NO_PROXY = NO_PROXY;

buildProgram()
  .parseAsync(process.argv)
  .catch(async (error: unknown) => {
    if (isEndOfOutput(error)) return;
    const near = await nearestRight(error, lastClient());
    process.exitCode = reportFailure(error, process.argv.includes('--json'), near);
  });
