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
      <p>The search stops early, and its pipeline run continues with the best model so far.</p>
    </ConfirmButton>
  );
}
