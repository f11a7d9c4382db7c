import { fail, type RolloutPlan } from '@slipway/contract';
import { type Command, Option } from 'commander';
import { percent, seconds, wholeNumber } from './options.ts';

export type RolloutOptions = {
  canary?: number[];
  blueGreen?: boolean;
  shadow?: number;
  bake?: number;
  minRequests?: number;
  quiet?: 'hold' | 'continue';
};

/** Adds the options that say how a version takes over. */
export function rolloutOptions(command: Command): Command {
  return command
    .option('--canary <percents>', 'step by step, such as 10%,50%,100%', percentages)
    .option('--blue-green', 'all traffic at once, the previous version kept loaded during the bake')
    .option(
      '--shadow <percent>',
      'copies of this share of the requests only, to compare its answers',
      percent,
    )
    .option('--bake <duration>', 'how long each step is watched: 30s, 5m, 1h', seconds)
    .option('--min-requests <n>', 'requests it must have answered in a step before the next', wholeNumber)
    .addOption(
      new Option('--quiet <what>', 'what to do where they do not come').choices(['hold', 'continue']),
    );
}

/** The plan that the options make; undefined where they leave it to the endpoint's spec. Throws `command.invalid`. */
export function rolloutPlan(options: RolloutOptions): Partial<RolloutPlan> | undefined {
  const { canary, blueGreen, shadow, bake, minRequests, quiet } = options;
  const ways = [canary, blueGreen, shadow].filter((way) => way !== undefined);
  const rest = {
    ...(bake !== undefined && { bakeSeconds: bake }),
    ...(minRequests !== undefined && { minRequests }),
    ...(quiet !== undefined && { quiet }),
  };
  if (ways.length > 1) throw invalid('give one of --canary, --blue-green and --shadow');
  if (ways.length === 0 && Object.keys(rest).length > 0)
    throw invalid('say how the version takes over: --canary, --blue-green or --shadow');
  if (canary !== undefined) return { strategy: 'canary', steps: canary, ...rest };
  if (shadow !== undefined) return { strategy: 'shadow', percent: shadow, ...rest };
  return blueGreen ? { strategy: 'blue-green', ...rest } : undefined;
}

/** Every step down to the last, which is everything. */
function percentages(text: string): number[] {
  const steps = text.split(',').map(percent);
  return steps.at(-1) === 100 ? steps : [...steps, 100];
}

function invalid(reason: string) {
  return fail('command.invalid', { reason });
}
