import { Command } from './command.tsx';
import { Notice } from './notice.tsx';

/** A secret that can be read this once. */
export function SecretShown(props: { what: string; secret: string }) {
  return (
    <Notice state="warning" title={`${props.what} is shown this once.`}>
      <p>Copy it to where it will be used; only its hash is kept here.</p>
      <Command text={props.secret} label={props.what} />
    </Notice>
  );
}
