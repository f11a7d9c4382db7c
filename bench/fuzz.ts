/**
 * Looks for inputs that a parser must not fail on, for longer than the suite can: of each target of tests/hardening/parsers, which reads
 * what others send or write, inputs that run new places of the code are changed further. An input is a finding where the parser throws
 * anything but a refusal of the catalogue, takes more than 2 s of processor time or 1.5 GB, hangs, or breaks a property that the target
 * says (written and read again; in parts as in one).
 *
 *   npm run bench -- fuzz [--seconds 60] [--only exact-json,archive] [--seed 1] [--folder .fuzz]
 *
 * `--seconds` is for each parser. The corpus, and findings with their errors, are kept under `--folder`, which is not committed; the
 * corpus is taken up again by the next run.
 *
 * Places are functions, branches, loops and operands, and how often they run by magnitude, as AFL counts them: acorn finds them, and a
 * call is put at each. Jazzer.js (libFuzzer) would guide by comparisons as well, but the binary that its version 4 brings needs glibc
 * 2.38, which Debian 12 has not; V8's own coverage takes 100 ms for each look at a program of this size.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { PARSER_TARGETS } from '../tests/hardening/parsers/targets/index.ts';
import { buildWorker } from './fuzz/build-worker.ts';
import { type FoundInput, nameOf } from './fuzz/guided-run.ts';
import type { FuzzOrder, FuzzResult } from './fuzz/worker.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string', default: '.fuzz' },
  },
});
const only = values.only?.split(',') ?? PARSER_TARGETS.map(({ name }) => name);
const unknown = only.filter((name) => PARSER_TARGETS.every((target) => target.name !== name));
if (unknown.length > 0)
  throw new Error(
    `no parser ${unknown.join(', ')}; there are ${PARSER_TARGETS.map(({ name }) => name).join(', ')}`,
  );

const MOST_INPUT_BYTES = 1024 * 1024;
const MOST_MEGABYTES = 1_500;
/** An input that takes so long by the clock, while a parser may take 2 s of processor time, hangs. */
const HANGS_AFTER_MS = 90_000;
const LOOK_EVERY_MS = 5_000;

const seconds = Number(values.seconds);
const worker = await buildWorker(process.cwd());

/** Runs one target in a thread of its own. One that hangs or exhausts its memory ends with the input as the finding. */
function runTarget(target: string, kept: Uint8Array[]): Promise<FuzzResult> {
  const current = new SharedArrayBuffer(8 + MOST_INPUT_BYTES);
  const counters = new Int32Array(current, 0, 2);
  const workerData: FuzzOrder = {
    target,
    seconds,
    seed: Number(values.seed),
    places: worker.places,
    kept,
    current,
  };
  const thread = new Worker(worker.path, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
  });
  return new Promise((resolve) => {
    const failed = (kind: string, stack = '') => {
      const input = Buffer.from(new Uint8Array(current, 8, counters[1]));
      const findings: FoundInput[] = [{ input, kind, stack }];
      resolve({ executions: counters[0]!, reached: { byExamples: 0, all: 0 }, corpus: [], findings });
    };
    let [before, sinceMs] = [-1, 0];
    const watch = setInterval(() => {
      sinceMs = counters[0] === before ? sinceMs + LOOK_EVERY_MS : 0;
      before = counters[0]!;
      if (sinceMs < HANGS_AFTER_MS) return;
      failed('it hangs');
      void thread.terminate();
    }, LOOK_EVERY_MS);
    thread.once('message', resolve);
    thread.once('error', (error: Error) => failed(`${error.name}: ${error.message}`, error.stack));
    thread.once('exit', () => clearInterval(watch));
  });
}

function line(name: string, columns: readonly (string | number)[]): string {
  const widths = [11, 8, 13, 8, 8, 10];
  return `${name.padEnd(22)}${columns.map((each, i) => String(each).padStart(widths[i]!)).join('')}\n`;
}

let found = 0;
process.stdout.write(`${seconds} s each, load ${loadavg()[0]!.toFixed(1)}, ${worker.places} places in all\n`);
process.stdout.write(line('parser', ['executions', 'per s', 'by examples', 'reached', 'corpus', 'findings']));
for (const name of only) {
  const [corpusFolder, findingsFolder] = ['corpus', 'findings'].map((each) =>
    join(values.folder, name, each),
  );
  for (const folder of [corpusFolder!, findingsFolder!]) mkdirSync(folder, { recursive: true });
  const kept = readdirSync(corpusFolder!).map((each) => readFileSync(join(corpusFolder!, each)));
  const { executions, reached, corpus, findings } = await runTarget(name, kept);
  for (const input of corpus) writeFileSync(join(corpusFolder!, nameOf(input)), input);
  for (const { input, kind, stack } of findings) {
    writeFileSync(join(findingsFolder!, nameOf(input)), input);
    writeFileSync(join(findingsFolder!, `${nameOf(input)}.txt`), `${kind}\n\n${stack}\n`);
  }
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  found += kinds.length;
  const { byExamples, all } = reached;
  const rate = Math.round(executions / seconds);
  process.stdout.write(line(name, [executions, rate, byExamples, all, corpus.length, kinds.length]));
  for (const kind of kinds) process.stdout.write(`    ${kind.slice(0, 300).replaceAll('\n', ' ')}\n`);
}
rmSync(worker.path, { force: true });
process.stdout.write(`findings: ${found}; load ${loadavg()[0]!.toFixed(1)}\n`);
process.exitCode = found === 0 ? 0 : 1;
