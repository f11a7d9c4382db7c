import { Textarea } from '@mantine/core';
import type { PipelineRun } from '@slipway/contract';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange } from '../../data/index.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';

/** Accepts the rows of a retraining that was refused for them, with the reason, and goes to the training that begins. */
export function AcceptButton({ pipelineRun }: { pipelineRun: PipelineRun }) {
  const [reason, setReason] = useState('');
  const accept = useChange('pipelineRuns.accept');
  const navigate = useNavigate();
  return (
    <ConfirmButton
      action="Accept its rows"
      title="Accept the rows of this retraining?"
      onConfirm={async () => {
        const { id } = await accept.mutateAsync({ params: { id: pipelineRun.id }, body: { reason } });
        await navigate({ to: '/pipeline-runs/$id', params: { id } });
      }}
    >
      <p>
        A model is trained again on the rows that the dataset has, and the recent rows decide whether it is
        promoted. Accept them only where they differ from the earlier ones on purpose.
      </p>
      <Textarea
        size="xs"
        label="Reason"
        description="Kept with the pipeline run, the audit log and the model card"
        inputWrapperOrder={['label', 'input', 'description']}
        autosize
        required
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmButton>
  );
}
