import type { IngestFinding, LeaderboardEntry, PipelineRun, PipelineRunStage } from '@slipway/contract';
import { clean, figure, say } from './output.ts';
import { amounts, progressBar, progressReporter, rates } from './progress-reporter.ts';
import { updateOf } from './progress-update.ts';
import { paint } from './report-failure.ts';
import { findingLines } from './show-report.ts';

const MARK: Record<PipelineRunStage['state'], string> = {
  waiting: '·',
  running: '▸',
  done: '✓',
  failed: '✗',
  skipped: '○',
};
const COLOUR: Record<PipelineRunStage['state'], string> = {
  waiting: '2',
  running: '36',
  done: '32',
  failed: '31',
  skipped: '33',
};
const ESCAPE = String.fromCharCode(27);
const ESCAPES = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);

export type PipelineRunProgress = {
  show(pipelineRun: PipelineRun): void;
  /** A line that stays. */
  note(text: string): void;
  end(): void;
};

/**
 * Shows a pipeline run: with `json` as events, on a terminal a list that is redrawn, with the leaderboard while a search
 * runs, else a line as each stage ends and one every ten seconds of a stage that goes on.
 */
export function pipelineRunProgress(json: boolean | undefined): PipelineRunProgress {
  if (json) return stageByStage(json, (stage) => say(JSON.stringify(stageEvent(stage))));
  if (process.stderr.isTTY) return redrawn();
  return stageByStage(json, (stage) => say([line(stage), ...warningLines(stage)].join('\n')));
}

/** The end of each stage once, and the progress of the one that runs. */
function stageByStage(
  json: boolean | undefined,
  ended: (stage: PipelineRunStage) => void,
): PipelineRunProgress {
  const told = new Set<string>();
  const progress = progressReporter(json);
  return {
    show(pipelineRun: PipelineRun) {
      for (const stage of pipelineRun.stages) {
        if (stage.state === 'running') progress.update(updateOf(stage.stage, stage));
        if (told.has(stage.stage) || stage.state === 'waiting' || stage.state === 'running') continue;
        progress.end();
        told.add(stage.stage);
        ended(stage);
      }
    },
    note: say,
    end: progress.end,
  };
}

function stageEvent({ stage, state, seconds, says }: PipelineRunStage) {
  return { event: 'stage', stage, state, seconds, message: says };
}

function redrawn() {
  let drawn = 0;
  let last: PipelineRun | undefined;
  const draw = () => {
    if (last === undefined) return;
    const width = (process.stderr.columns || 100) - 1;
    const lines = last.stages
      .filter((stage) => stage.state !== 'waiting')
      .flatMap((stage) => [line(stage, width), ...warningLines(stage), ...boardLines(stage)])
      .map((text) => cut(text, width));
    if (drawn > 0) process.stderr.write(`${ESCAPE}[${drawn}A${ESCAPE}[0J`);
    process.stderr.write(lines.map((one) => `${one}\n`).join(''));
    drawn = lines.length;
  };
  return {
    show(pipelineRun: PipelineRun) {
      last = pipelineRun;
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

/** A stage in one line; the bar of one that runs goes where the line would be wider than `width` with it. */
function line(stage: PipelineRunStage, width = Number.POSITIVE_INFINITY): string {
  const seconds = stage.seconds === null ? '' : `${stage.seconds.toFixed(1)} s`;
  const head = `${paint(COLOUR[stage.state], MARK[stage.state])} ${stage.stage.padEnd(9)} ${seconds.padStart(7)}`;
  const said = clean(stage.says ?? '');
  if (stage.state !== 'running') return `${head}  ${said}`.trimEnd();
  const update = updateOf(stage.stage, stage);
  const counted = [...amounts(update), ...rates(update, stage.seconds ?? 0)];
  const withoutBar = visibleLength([head, ...counted].join('  '));
  const hasBar = stage.progress !== null && withoutBar + BAR_ROOM <= width;
  const bar = hasBar ? [progressBar(stage.progress ?? 0)] : [];
  return [head, ...bar, ...counted, said].join('  ').trimEnd();
}

/** Columns of a bar and the space before it. */
const BAR_ROOM = progressBar(0).length + 2;

function visibleLength(text: string): number {
  return text
    .split(ESCAPES)
    .filter((part) => !part.startsWith(ESCAPE))
    .join('').length;
}

const WARNINGS_SHOWN = 5;

/** What to check of how the file was read; the end of the command says all of it again. */
function warningLines({ stage, facts }: PipelineRunStage): string[] {
  if (stage !== 'ingest') return [];
  const warnings = (facts.warnings ?? []) as IngestFinding[];
  return findingLines(warnings.slice(0, WARNINGS_SHOWN)).map((one) => `    ${one}`);
}

const BOARD_SHOWN = 5;

/** The best trials of a search that runs, and what is being tried and why. */
function boardLines({ stage, state, facts }: PipelineRunStage): string[] {
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
