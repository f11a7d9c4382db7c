import { ConfirmButton } from './confirm-button.tsx';

/** Takes a secret's power away, once the user has confirmed it. */
export function RevokeButton({ name, onConfirm }: { name: string; onConfirm(): Promise<unknown> }) {
  return (
    <ConfirmButton
      action="Revoke"
      label={`Revoke ${name}`}
      title={`Revoke ${name}?`}
      danger
      quiet
      onConfirm={onConfirm}
    >
      <p>Calls with it are refused immediately. This cannot be undone.</p>
    </ConfirmButton>
  );
}
