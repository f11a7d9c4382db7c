// Checks every import against the rules of .dependency-cruiser.mjs, and prints each violation with its reason.
import { cruiseCodebase } from './import-rules/cruise.mjs';

const { modules, imports, violations } = await cruiseCodebase();
for (const rule of new Set(violations.map((violation) => violation.rule))) {
  const offences = violations.filter((violation) => violation.rule === rule);
  process.stderr.write(`${rule}: ${offences[0]?.comment}\n`);
  for (const { from, to } of offences) process.stderr.write(`  ${from} → ${to}\n`);
}
process.stderr.write(
  `${modules.length} modules and ${imports} imports read, ${violations.length} against the rules\n`,
);
if (violations.length > 0 || imports === 0) process.exitCode = 1;
