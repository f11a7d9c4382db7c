// Fails where a shipped source looks something up in a plain object by a key that only the running program knows.
import { findLookups, RULES } from './lookup-rules/find-lookups.mjs';

const { files, lookups } = findLookups();
for (const rule of new Set(lookups.map((lookup) => lookup.rule))) {
  process.stderr.write(`${rule}: ${RULES[rule]}\n`);
  for (const { file, line, text } of lookups.filter((lookup) => lookup.rule === rule))
    process.stderr.write(`  ${file}:${line}  ${text}\n`);
}
process.stderr.write(`${files.length} files read, ${lookups.length} lookups against the rules\n`);
if (lookups.length > 0 || files.length === 0) process.exitCode = 1;
