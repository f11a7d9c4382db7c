// Judges every import of the house by the rules of .dependency-cruiser.mjs, and says which were broken and why.
import { cruiseHouse } from './import-rules/cruise.mjs';

const { modules, imports, violations } = await cruiseHouse();
for (const { rule, from, to, comment } of violations) {
  process.stderr.write(`${from} → ${to}\n  ${rule}: ${comment}\n`);
}
process.stderr.write(
  `${modules.length} modules and ${imports} imports read, ${violations.length} against the rules\n`,
);
if (violations.length > 0 || imports === 0) process.exitCode = 1;
