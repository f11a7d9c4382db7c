import { createHash } from 'node:crypto';
import { type Random, seededRandom } from '../../packages/server/src/kernel/index.ts';
import { MUTATIONS, type Mutation, mutate } from '../../tests/hardening/parsers/mutate.ts';
import { Finding, type ParserTarget } from '../../tests/hardening/parsers/target.ts';
import type { Hits } from './hits.ts';

const MOST_MUTATIONS = 6;
/** Inputs kept of findings that look alike. */
const MOST_OF_A_KIND = 2;
const MOST_CPU_MS = 2_000;
/** Inputs found last are changed most: they reach furthest. */
const NEWEST = 30;

export type FoundInput = { input: Uint8Array; kind: string; stack: string };

export type RunOptions = {
  seconds: number;
  seed: number;
  hits: Hits;
  /** The corpus of an earlier run. */
  kept: readonly Buffer[];
  /** Hears of each input before it is tried. */
  onInput: (input: Buffer) => void;
};

export type GuidedRun = {
  executions: number;
  /** Places of the code that the examples ran, and all inputs. */
  reached: { byExamples: number; all: number };
  /** The examples, and the inputs that ran what others had not. */
  corpus: Uint8Array[];
  findings: FoundInput[];
};

/** Changes inputs at random, and keeps those that run new places to change these further, until the time is over. */
export async function guidedRun(target: ParserTarget, options: RunOptions): Promise<GuidedRun> {
  const { seconds, seed, hits, kept, onInput } = options;
  const random = seededRandom(seed);
  const corpus: Buffer[] = [];
  const findings: FoundInput[] = [];
  let executions = 0;

  async function attempt(input: Buffer): Promise<void> {
    executions++;
    onInput(input);
    const before = process.cpuUsage();
    try {
      const checked = target.check(input);
      if (checked instanceof Promise) await checked;
      const { user } = process.cpuUsage(before);
      if (user / 1000 > MOST_CPU_MS)
        throw new Finding(`it took ${Math.round(user / 1000)} ms of processor time`);
    } catch (error) {
      note(input, error instanceof Error ? error : new Error(String(error)));
    }
    if (hits.isNew()) corpus.push(input);
  }

  function note(input: Buffer, error: Error): void {
    const kind = kindOf(error);
    const alike = findings.filter((each) => each.kind === kind);
    if (alike.length < MOST_OF_A_KIND) findings.push({ input, kind, stack: error.stack ?? error.message });
  }

  hits.isNew();
  for (const example of target.examples) await attempt(Buffer.from(example));
  const byExamples = hits.reached();
  for (const input of kept) await attempt(input);
  const sources = { examples: corpus, words: [...(target.words ?? []), '\0', '\n', '0'] };
  for (const end = performance.now() + seconds * 1000; performance.now() < end; )
    await attempt(changed(random, sources));
  return { executions, reached: { byExamples, all: hits.reached() }, corpus, findings };
}

function changed(random: Random, sources: { examples: readonly Buffer[]; words: readonly string[] }): Buffer {
  const { examples } = sources;
  const from = random() < 0.5 ? Math.max(0, examples.length - NEWEST) : 0;
  let input = examples[from + Math.floor(random() * (examples.length - from))]!;
  const count = 1 + Math.floor(random() ** 2 * MOST_MUTATIONS);
  for (let i = 0; i < count; i++) input = mutate(input, mutationOf(random), sources);
  return input;
}

function mutationOf(random: Random): Mutation {
  const kind = MUTATIONS[Math.floor(random() * MUTATIONS.length)]!;
  return { kind, at: random(), length: random(), value: Math.floor(random() * 0x10000) };
}

/** What an error says, without numbers and what it quotes, and the functions that threw it. */
function kindOf({ name, message, stack = '' }: Error): string {
  const says = message
    .slice(0, 200)
    .replace(/\d+/g, 'N')
    .split(/[:"'`]/, 1)[0];
  const [, ...places] = stack.split('\n    at ');
  const functions = places.slice(0, 3).map((place) => place.split(' (', 1)[0]);
  return `${name}: ${says} at ${functions.join(' < ')}`;
}

/** A name for a file with the input. */
export function nameOf(input: Uint8Array): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 16);
}
