import { Button, TextInput } from '@mantine/core';
import type { LabelQueueReport, LabelTask } from '@slipway/contract';
import { type FormEvent, useState } from 'react';
import { Waiting } from '../../parts/loaded.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Empty, Panel, Row } from '../../parts/page.tsx';
import { useAnswerKeys } from './use-answer-keys.ts';
import { type Labelling, useLabelling } from './use-labelling.ts';
import css from './work-panel.module.css';

/** One row after the other, answered by a key or a click. */
export function WorkPanel({ queue }: { queue: LabelQueueReport }) {
  const work = useLabelling(queue.name);
  useAnswerKeys(queue.choices, work);
  const { task, said, problem } = work;
  return (
    <Panel
      title={task ? `Row ${task.row}` : 'Your work'}
      about={`${queue.progress.done} of ${queue.progress.tasks} done`}
    >
      {problem === null ? null : <ErrorNotice error={problem} />}
      {task === undefined && problem === null ? <Waiting /> : null}
      {task === null ? <NothingLeft /> : null}
      {task ? <Task queue={queue} task={task} work={work} /> : null}
      <Row>
        {task ? (
          <Button size="xs" variant="default" onClick={work.skip}>
            <kbd>s</kbd>&nbsp;Skip
          </Button>
        ) : null}
        <Button size="xs" variant="default" onClick={work.takeBack}>
          <kbd>u</kbd>&nbsp;Take back
        </Button>
        <span className={css.said} role="status">
          {task && said !== '' ? `${said} Row ${task.row} is next.` : said}
        </span>
      </Row>
    </Panel>
  );
}

function NothingLeft() {
  return (
    <Empty title="No more rows to label.">
      <p>You have answered or skipped every row, or others have the rest in their hands.</p>
    </Empty>
  );
}

function Task(props: { queue: LabelQueueReport; task: LabelTask; work: Labelling }) {
  const { queue, task, work } = props;
  return (
    <>
      <dl className={css.values}>
        {Object.entries(task.values).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === null ? '–' : String(value)}</dd>
          </div>
        ))}
      </dl>
      {queue.choices === null ? (
        <NumberAnswer key={task.id} target={queue.target} work={work} />
      ) : (
        <fieldset className={css.answers}>
          <legend>{queue.target}?</legend>
          {queue.choices.map((choice, index) => (
            <Button key={choice} size="sm" variant="default" onClick={() => work.answer(choice)}>
              {index < 9 ? <kbd>{index + 1}</kbd> : null}
              {choice}
            </Button>
          ))}
        </fieldset>
      )}
    </>
  );
}

function NumberAnswer({ target, work }: { target: string; work: Labelling }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    work.answer(text);
  };
  return (
    <form onSubmit={submit}>
      <fieldset className={css.answers}>
        <TextInput
          size="sm"
          type="number"
          step="any"
          required
          label={`${target}?`}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autoFocus
        />
        <Button type="submit" size="sm">
          Answer
        </Button>
      </fieldset>
    </form>
  );
}
