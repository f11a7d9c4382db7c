import { Button, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { ErrorNotice } from './notice.tsx';
import { Row, Stack } from './page.tsx';

type ConfirmButtonProps = {
  /** What the button and the dialog's own button say. */
  action: string;
  /** The same for those who hear it out of its row. */
  label?: string;
  title: string;
  /** What will happen. */
  children: ReactNode;
  onConfirm: () => Promise<unknown>;
  danger?: boolean;
  quiet?: boolean;
};

/** A button that asks before it acts. The dialog stays open, with the reason, when the action fails. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);

  const close = () => {
    setOpen(false);
    setProblem(null);
  };
  const confirm = async () => {
    setBusy(true);
    setProblem(null);
    await props
      .onConfirm()
      .then(close, setProblem)
      .finally(() => setBusy(false));
  };

  return (
    <>
      <Button
        size={props.quiet ? 'compact-sm' : 'xs'}
        variant="default"
        onClick={() => setOpen(true)}
        aria-label={props.label}
      >
        {props.action}
      </Button>
      <Modal opened={open} onClose={close} title={props.title} closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          {props.children}
          {problem === null ? null : <ErrorNotice error={problem} />}
          <Row>
            <Button size="xs" color={props.danger ? 'signal' : 'water'} loading={busy} onClick={confirm}>
              {props.action}
            </Button>
            <Button size="xs" variant="default" onClick={close} data-autofocus>
              Cancel
            </Button>
          </Row>
        </Stack>
      </Modal>
    </>
  );
}
