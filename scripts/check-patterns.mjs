// Fails where a regular expression of a shipped source takes more than linear time for some text.
import { findSlowPatterns } from './pattern-rules/find-slow-patterns.mjs';

const { patterns, slow } = findSlowPatterns();
for (const { file, line, text, reason } of slow)
  process.stderr.write(`  ${file}:${line}  ${text}\n    ${reason}\n`);
process.stderr.write(`${patterns} patterns read, ${slow.length} slow or undecided\n`);
if (slow.length > 0 || patterns === 0) process.exitCode = 1;
