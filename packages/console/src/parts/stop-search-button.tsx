import { useChange } from '../data/index.ts';
import { ConfirmButton } from './confirm-button.tsx';

/** Ends a search that runs, with the best it has. */
export function StopSearchButton(props: { run: string }) {
  const stop = useChange('runs.stop');
  return (
    <ConfirmButton
      action="Stop and keep the best"
      title="End the search"
      onConfirm={() => stop.mutateAsync({ params: { id: props.run } })}
    >
      <p>
        The search ends with the best model it has found so far, and its pipeline run goes on with that one.
      </p>
    </ConfirmButton>
  );
}
