import type { IngestFinding, Journey, JourneyStage, LeaderboardEntry } from '@slipway/contract';
import { paint } from './report-failure.ts';
import { findingLines } from './show-report.ts';
import { clean, figure, say } from './talk.ts';

const MARK: Record<JourneyStage['state'], string> = {
  waiting: '·',
  running: '▸',
  done: '✓',
  failed: '✗',
  skipped: '○',
};
const COLOUR: Record<JourneyStage['state'], string> = {
  waiting: '2',
  running: '36',
  done: '32',
  failed: '31',
  skipped: '33',
};
const BAR_WIDTH = 24;
const ESCAPE = String.fromCharCode(27);
const ESCAPES = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);

export type JourneyProgress = {
  show(journey: Journey): void;
  /** A line that stays. */
  note(text: string): void;
  end(): void;
};

/**
 * Shows a journey as it goes: on a terminal a list that is redrawn, with the leaderboard while a search runs, else a line
 * as each stage ends.
 */
export function journeyProgress(): JourneyProgress {
  return process.stderr.isTTY ? redrawn() : lineByLine();
}

function lineByLine() {
  const told = new Set<string>();
  return {
    show(journey: Journey) {
      for (const stage of journey.stages) {
        if (told.has(stage.stage) || stage.state === 'waiting' || stage.state === 'running') continue;
        told.add(stage.stage);
        for (const one of [line(stage), ...warningLines(stage)]) say(one);
      }
    },
    note: say,
    end() {},
  };
}

function redrawn() {
  let drawn = 0;
  let last: Journey | undefined;
  const draw = () => {
    if (last === undefined) return;
    const width = (process.stderr.columns ?? 100) - 1;
    const lines = last.stages
      .filter((stage) => stage.state !== 'waiting')
      .flatMap((stage) => [line(stage), ...warningLines(stage), ...boardLines(stage)])
      .map((text) => cut(text, width));
    if (drawn > 0) process.stderr.write(`${ESCAPE}[${drawn}A${ESCAPE}[0J`);
    process.stderr.write(lines.map((one) => `${one}\n`).join(''));
    drawn = lines.length;
  };
  return {
    show(journey: Journey) {
      last = journey;
      draw();
    },
    note(text: string) {
      say(text);
      drawn = 0;
    },
    end() {
      drawn = 0;
    },
  };
}

function line(stage: JourneyStage): string {
  const seconds = stage.seconds === null ? '' : `${stage.seconds.toFixed(1)} s`;
  const bar = stage.state === 'running' && stage.progress !== null ? `${progressBar(stage.progress)} ` : '';
  const head = `${paint(COLOUR[stage.state], MARK[stage.state])} ${stage.stage.padEnd(9)} ${seconds.padStart(7)}`;
  return `${head}  ${bar}${clean(stage.says ?? '')}`;
}

const WARNINGS_SHOWN = 5;

/** What to check of how the file was read; the end of the command says all of it again. */
function warningLines({ stage, facts }: JourneyStage): string[] {
  if (stage !== 'ingest') return [];
  const warnings = (facts.warnings ?? []) as IngestFinding[];
  return findingLines(warnings.slice(0, WARNINGS_SHOWN)).map((one) => `    ${one}`);
}

const BOARD_SHOWN = 5;

/** The best trials of a search that runs, and what is being tried and why. */
function boardLines({ stage, state, facts }: JourneyStage): string[] {
  if (stage !== 'train' || state !== 'running') return [];
  const board = (facts.leaderboard ?? []) as LeaderboardEntry[];
  const trying = (facts.trying ?? []) as { learner: string; why: string }[];
  return [
    ...board.slice(0, BOARD_SHOWN).map(({ rank, metric, value, learner, standardError }) => {
      const error = standardError === null ? '' : ` ± ${figure(standardError)}`;
      return `    ${paint('2', `${rank}.`)} ${metric} ${figure(value)}${error}  ${clean(learner)}`;
    }),
    ...trying.map(({ learner, why }) => `    ${paint('36', '▸')} ${clean(learner)}: ${clean(why)}`),
    paint('2', '    Ctrl-C ends the search and keeps the best.'),
  ];
}

export function progressBar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return `${'━'.repeat(full)}${'─'.repeat(BAR_WIDTH - full)}`;
}

/** Cuts by visible characters, so that redrawing counts lines rightly. */
function cut(text: string, width: number): string {
  let visible = 0;
  let out = '';
  for (const part of text.split(ESCAPES)) {
    if (part.startsWith(ESCAPE)) {
      out += part;
      continue;
    }
    out += part.slice(0, Math.max(0, width - visible));
    visible += part.length;
  }
  return out;
}
