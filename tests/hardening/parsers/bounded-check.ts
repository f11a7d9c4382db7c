import { createContext, Script } from 'node:vm';
import { Finding, type ParserTarget } from './target.ts';

/** Processor time that a parser may take for an input of at most 64 KiB; most take less than a millisecond. */
const MOST_CPU_MS = 2_000;
/** After so long by the clock it is looked at whether a parser hangs: the machine may be busy with other things. */
const LOOK_AFTER_MS = 10_000;

const run = new Script('check()');
const context = createContext({ check: () => undefined });

/**
 * Checks one input. Throws {@link Finding} where the parser takes more processor time than {@link MOST_CPU_MS}: one that hangs without
 * waiting is interrupted.
 */
export async function boundedCheck({ name, check }: ParserTarget, input: Buffer): Promise<void> {
  const before = process.cpuUsage();
  context.check = () => check(input);
  try {
    await run.runInContext(context, { timeout: LOOK_AFTER_MS });
  } catch (error) {
    if (!isTimeout(error)) throw error;
  }
  const { user } = process.cpuUsage(before);
  if (user / 1000 > MOST_CPU_MS)
    throw new Finding(
      `${name} took ${Math.round(user / 1000)} ms of processor time for ${input.length} bytes`,
    );
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
