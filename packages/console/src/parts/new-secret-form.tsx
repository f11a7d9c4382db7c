import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ErrorNotice } from './notice.tsx';
import { Row } from './page.tsx';
import { SecretShown } from './secret-shown.tsx';

/** Names a new key or token, makes it, and shows its secret the only time that anyone sees it. */
export function NewSecretForm(props: {
  /** What is made, as the user calls it: `key`, `token`. */
  noun: string;
  placeholder?: string;
  making: { isPending: boolean; error: Error | null; data?: { name: string; secret: string } | undefined };
  /** Makes it, and calls `done` once it is made. */
  onMake(name: string, done: () => void): void;
  /** Further fields, after the name. */
  children?: ReactNode;
}) {
  const { noun, making } = props;
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onMake(name.trim(), () => setName(''));
  };
  return (
    <>
      <form onSubmit={submit}>
        <Row>
          <TextInput
            size="xs"
            label="Who will use it"
            placeholder={props.placeholder}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={100}
          />
          {props.children}
          <Button type="submit" size="xs" loading={making.isPending} style={{ alignSelf: 'end' }}>
            Make a {noun}
          </Button>
        </Row>
      </form>
      {making.error === null ? null : <ErrorNotice error={making.error} />}
      {making.data === undefined ? null : (
        <SecretShown what={`The ${noun} ${making.data.name}`} secret={making.data.secret} />
      )}
    </>
  );
}
