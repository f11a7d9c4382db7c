import { isFailure } from '@slipway/contract';
import type { ReactNode } from 'react';
import css from './notice.module.css';
import { StateShape } from './state-mark.tsx';
import type { StateName } from './states.ts';

/** Something to read before the rest: a problem, a warning, or good news. */
export function Notice(props: { state: StateName; title: string; children?: ReactNode; urgent?: boolean }) {
  return (
    <div className={css.notice} data-state={props.state} role={props.urgent ? 'alert' : 'note'}>
      <StateShape state={props.state} />
      <div className={css.words}>
        <p className={css.title}>{props.title}</p>
        {props.children}
      </div>
    </div>
  );
}

type FailureWords = { code: string; message: string; hint: string; path?: string | undefined };

/** A failure as the catalogue tells it: what happened, the way out, and the code to look up. */
export function FailureNotice(props: { failure: FailureWords }) {
  const { code, message, hint, path } = props.failure;
  return (
    <Notice state="failed" title={message} urgent>
      <p>{hint}</p>
      <p className={css.code}>
        <code>{code}</code>
        {path === undefined ? null : (
          <>
            {' '}
            at <code>{path}</code>
          </>
        )}
      </p>
    </Notice>
  );
}

/** Whatever a call threw. */
export function ErrorNotice(props: { error: unknown }) {
  if (isFailure(props.error)) return <FailureNotice failure={props.error} />;
  return (
    <Notice state="failed" title="The console could not show this." urgent>
      <p>{props.error instanceof Error ? props.error.message : String(props.error)}</p>
    </Notice>
  );
}
