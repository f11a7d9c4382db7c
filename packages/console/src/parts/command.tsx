import { useCallback, useEffect, useRef, useState } from 'react';
import css from './command.module.css';
import { DRAWINGS, Icon } from './icons.tsx';
import { Scroller } from './scroller.tsx';

const SAID_FOR_MS = 2_000;

/** Text to paste elsewhere, with a button that copies it. */
export function Command(props: { text: string; label?: string }) {
  return (
    <div className={css.command}>
      <Scroller className={css.text} label={props.label ?? 'Command'}>
        <pre>
          <code>{props.text}</code>
        </pre>
      </Scroller>
      <CopyButton text={props.text} label={props.label ?? 'command'} />
    </div>
  );
}

export function CopyButton(props: { text: string; label: string }) {
  const [said, setSaid] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const copy = useCallback(async () => {
    const done = await copyText(props.text);
    setSaid(done ? 'Copied' : 'Copying is not allowed here');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(''), SAID_FOR_MS);
  }, [props.text]);

  return (
    <button type="button" className={css.copy} onClick={copy} aria-label={`Copy ${props.label}`}>
      <Icon>{said === 'Copied' ? DRAWINGS.tick : DRAWINGS.copy}</Icon>
      <span role="status" className={said === 'Copied' ? 'visually-hidden' : ''}>
        {said}
      </span>
    </button>
  );
}

/** The clipboard exists only where the page came over TLS or from this machine. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
