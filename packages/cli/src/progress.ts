import type { Journey, JourneyStage } from '@slipway/contract';
import { paint } from './report-failure.ts';
import { clean, say } from './talk.ts';

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

/** Shows a journey as it goes: on a terminal a list that is redrawn, else a line as each stage ends. */
export function journeyProgress(): { show(journey: Journey): void; end(): void } {
  return process.stderr.isTTY ? redrawn() : lineByLine();
}

function lineByLine() {
  const told = new Set<string>();
  return {
    show(journey: Journey) {
      for (const stage of journey.stages) {
        if (told.has(stage.stage) || stage.state === 'waiting' || stage.state === 'running') continue;
        told.add(stage.stage);
        say(line(stage));
      }
    },
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
      .map((stage) => cut(line(stage), width));
    if (drawn > 0) process.stderr.write(`${ESCAPE}[${drawn}A${ESCAPE}[0J`);
    process.stderr.write(lines.map((one) => `${one}\n`).join(''));
    drawn = lines.length;
  };
  return {
    show(journey: Journey) {
      last = journey;
      draw();
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

function progressBar(share: number): string {
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
