// Fails when a package that Slipway ships has a known vulnerability of high or critical severity, as the registry's audit says. A registry that has
// no audit is said plainly, and fails nothing: npm audit then knows neither good nor bad.
//
//   node scripts/audit.mjs
import { spawnSync } from 'node:child_process';
import { readAudit } from './package/read-audit.mjs';
import { ROOT } from './root.mjs';

const words = ['audit', '--omit=dev', '--json'];
const { stdout, stderr } = spawnSync('npm', words, {
  cwd: ROOT,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 ** 2,
});
const { says, failed } = readAudit(stdout, stderr);
process.stdout.write(`${says}\n`);
process.exitCode = failed ? 1 : 0;
