import type { Command } from 'commander';
import { CHECKS } from '../doctor/checks.ts';
import { type CommonOptions, common } from '../options.ts';
import type { UpOptions } from '../platform.ts';
import { paint } from '../report-failure.ts';
import { answer, print } from '../talk.ts';
import { withPorts } from './up.ts';

export function addDoctorCommand(program: Command): void {
  withPorts(common(program.command('doctor')))
    .description('Check that this machine can run Slipway; each finding ends with a fix.')
    .action(async (options: CommonOptions & UpOptions) => {
      const findings = await Promise.all(
        CHECKS.map(async ({ name, run }) => ({ name, ...(await run(options)) })),
      );
      answer({ findings }, options.json, () => {
        for (const { name, ok, says, fix } of findings) {
          print(
            `${ok ? paint('32', '✓', process.stdout) : paint('31', '✗', process.stdout)} ${name}: ${says}${ok ? '' : ` — ${fix}`}`,
          );
        }
      });
      if (findings.some((finding) => !finding.ok)) process.exitCode = 1;
    });
}
