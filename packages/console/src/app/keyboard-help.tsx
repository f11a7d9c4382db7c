import { Checkbox, Modal } from '@mantine/core';
import { useState } from 'react';
import { DRAWINGS, Icon } from '../parts/icons.tsx';
import { Stack } from '../parts/page.tsx';
import css from './keyboard-help.module.css';
import { MENU } from './menu.ts';
import shellCss from './shell.module.css';
import { useShortcuts } from './use-shortcuts.ts';

/** What the keys do, and the switch that turns them off for those whose tools type letters. */
export function KeyboardHelp() {
  const [open, setOpen] = useState(false);
  const shortcuts = useShortcuts(() => setOpen(true));
  return (
    <>
      <button type="button" className={shellCss.tool} onClick={() => setOpen(true)}>
        <Icon>{DRAWINGS.keyboard}</Icon>
        Keyboard
      </button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title="Keyboard"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <dl className={css.keys}>
            {MENU.map((entry) => (
              <div key={entry.path}>
                <dt>
                  <kbd>g</kbd> <kbd>{entry.key}</kbd>
                </dt>
                <dd>{entry.title}</dd>
              </div>
            ))}
            <div>
              <dt>
                <kbd>?</kbd>
              </dt>
              <dd>This help</dd>
            </div>
            <div>
              <dt>
                <kbd>←</kbd> <kbd>→</kbd>
              </dt>
              <dd>From stage to stage, on a pipeline run</dd>
            </div>
            <div>
              <dt>
                <kbd>1</kbd>–<kbd>9</kbd>
              </dt>
              <dd>Choose an answer, while labelling</dd>
            </div>
            <div>
              <dt>
                <kbd>s</kbd> <kbd>u</kbd>
              </dt>
              <dd>Skip a row, take the last answer back, while labelling</dd>
            </div>
          </dl>
          <Checkbox
            label="Letters are shortcuts"
            checked={shortcuts.on}
            onChange={(event) => shortcuts.turn(event.currentTarget.checked)}
          />
        </Stack>
      </Modal>
    </>
  );
}
