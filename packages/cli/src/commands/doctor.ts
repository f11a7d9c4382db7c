import { isFailure } from '@slipway/contract';
import type { Command } from 'commander';
import { CHECKS, type Finding } from '../doctor/checks.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, print } from '../output.ts';
import type { UpOptions } from '../platform.ts';
import { paint } from '../report-failure.ts';
import { withPorts } from './up.ts';

function lineOf({ name, ok, warns = false, says, fix }: Finding & { name: string }): string {
  const sign = ok
    ? warns
      ? paint('33', '!', process.stdout)
      : paint('32', '✓', process.stdout)
    : paint('31', '✗', process.stdout);
  return `${sign} ${name}: ${says}${ok && !warns ? '' : ` — ${fix}`}`;
}

/** What keeps a check from its answer is a finding, and the other checks go on. */
function failedCheck(error: unknown): Finding {
  const says = `it could not be checked: ${error instanceof Error ? error.message : String(error)}`;
  const fix = isFailure(error) ? error.hint : 'check that this user may read the data folder';
  return { ok: false, says, fix };
}

export function addDoctorCommand(program: Command): void {
  withPorts(common(program.command('doctor')))
    .description('Check that this machine can run Slipway; each finding ends with a fix.')
    .action(async (options: CommonOptions & UpOptions) => {
      const findings = await Promise.all(
        CHECKS.map(async ({ name, run }) => ({ name, ...(await run(options).catch(failedCheck)) })),
      );
      answer({ findings }, options.json, () => {
        for (const finding of findings) print(lineOf(finding));
      });
      if (findings.some((finding) => !finding.ok)) process.exitCode = 1;
    });
}
