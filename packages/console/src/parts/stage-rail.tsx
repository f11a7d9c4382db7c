import type { PipelineRunStage } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useRef } from 'react';
import { formatSeconds } from '../words/index.ts';
import css from './stage-rail.module.css';
import { StateShape } from './state-mark.tsx';
import { STATES } from './states.ts';

const STEPS = new Map(Object.entries({ ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }));

/** The stages of a pipeline run, first to last. One Tab stop; the arrows walk. `current` is the one shown below. */
export function StageRail(props: {
  pipelineRunId: string;
  stages: readonly PipelineRunStage[];
  current?: string;
}) {
  const rail = useRef<HTMLOListElement>(null);
  const entry = Math.max(
    0,
    props.stages.findIndex((stage) => stage.stage === props.current),
  );

  const walk = (event: KeyboardEvent) => {
    const links = [...(rail.current?.querySelectorAll('a') ?? [])];
    const from = links.indexOf(event.target as HTMLAnchorElement);
    const to = targetOf(event.key, from, links.length);
    if (to === undefined) return;
    event.preventDefault();
    links[to]?.focus();
  };

  return (
    <ol ref={rail} className={css.rail} onKeyDown={walk}>
      {props.stages.map((stage, index) => (
        <li key={stage.stage} className={css.step} data-state={stage.state}>
          <Link
            to="/pipeline-runs/$id"
            params={{ id: props.pipelineRunId }}
            search={{ stage: stage.stage }}
            resetScroll={false}
            tabIndex={index === entry ? 0 : -1}
            aria-current={stage.stage === props.current ? 'page' : undefined}
            className={css.link}
          >
            <StateShape state={stage.state} />
            <span className={css.name}>{stage.stage}</span>
            <span className={css.state}>{wordsOf(stage)}</span>
          </Link>
        </li>
      ))}
    </ol>
  );
}

function targetOf(key: string, from: number, count: number): number | undefined {
  if (from < 0) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = STEPS.get(key);
  return step === undefined ? undefined : Math.min(count - 1, Math.max(0, from + step));
}

function wordsOf(stage: PipelineRunStage): string {
  const { word } = STATES[stage.state];
  if (stage.state === 'running' && stage.progress !== null) return `${Math.round(stage.progress * 100)} %`;
  return stage.state === 'done' && stage.seconds !== null ? `done · ${formatSeconds(stage.seconds)}` : word;
}
