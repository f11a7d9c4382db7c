import { Button, PasswordInput } from '@mantine/core';
import { isFailure } from '@slipway/contract';
import { createClient } from '@slipway/sdk';
import { type FormEvent, useState } from 'react';
import { Command } from '../parts/command.tsx';
import { Brand } from '../parts/icons.tsx';
import css from './sign-in.module.css';

const REFUSED =
  'The key is not valid any more: it was revoked, has expired, or belongs to another data folder.';

/** Asks for an API key and tries it before it is kept. */
export function SignIn(props: { refused: boolean; onKey: (key: string) => void }) {
  const [key, setKey] = useState('');
  const [problem, setProblem] = useState(props.refused ? REFUSED : null);
  const [trying, setTrying] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const given = key.trim();
    if (given === '') return setProblem('Paste a key first.');
    setTrying(true);
    const found = await problemWith(given);
    setTrying(false);
    if (found === null) props.onKey(given);
    else setProblem(found);
  };

  return (
    <main className={css.page}>
      <title>Sign in · Slipway</title>
      <form className={css.card} onSubmit={submit}>
        <Brand />
        <h1>Sign in</h1>
        <p className={css.lead}>The console needs an API key, like every other way into Slipway.</p>
        <PasswordInput
          label="API key"
          name="key"
          autoComplete="off"
          autoFocus
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={problem}
        />
        <Button type="submit" loading={trying} fullWidth>
          Sign in
        </Button>
        <div className={css.where}>
          <p>On the machine where Slipway runs, this opens the console signed in:</p>
          <Command text="slipway open" />
          <p>
            Or paste what the file <code>owner.key</code> in the data folder holds (
            <code>.slipway/owner.key</code> unless another folder was given with <code>--data</code>):
          </p>
          <Command text="cat .slipway/owner.key" />
          <p>
            Elsewhere, ask the owner for a key. It stays in this tab and is forgotten when the tab closes.
          </p>
        </div>
      </form>
    </main>
  );
}

/** What is wrong with a key, or null. A key that may not read the status is a good key all the same. */
async function problemWith(key: string): Promise<string | null> {
  const client = createClient({ server: location.origin, token: key });
  try {
    await client.call['system.status']();
    return null;
  } catch (error) {
    if (isFailure(error, 'access.forbidden')) return null;
    if (isFailure(error, 'access.unauthenticated')) return 'This key is not valid here.';
    return isFailure(error) ? `${error.message} ${error.hint}` : String(error);
  }
}
