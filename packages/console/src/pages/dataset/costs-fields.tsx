import { Textarea, TextInput } from '@mantine/core';
import { Scroller } from '../../parts/scroller.tsx';
import css from './costs-fields.module.css';
import { type CostsForm, cellKey, MOST_CLASSES } from './costs-form.ts';

type Props = {
  classes: readonly string[];
  costs: CostsForm;
  onChange: (costs: CostsForm) => void;
  /** Of a target whose values the profile does not list: its classes as somebody writes them. */
  written?: { text: string; onChange: (text: string) => void };
};

/** What each answer costs on a row of each class, as a table of true and answered classes. */
export function CostsFields({ classes, costs, onChange, written }: Props) {
  return (
    <>
      <p className={css.about}>
        The class of least expected cost is answered, and the model is measured by what its answers cost. Fill
        in the pairs of classes that matter; a right answer costs 0 unless it is filled in.
      </p>
      {written === undefined ? null : (
        <Textarea
          size="xs"
          label="Classes"
          autosize
          description="One a line, or with commas on one line"
          inputWrapperOrder={['label', 'input', 'description']}
          value={written.text}
          onChange={(event) => written.onChange(event.currentTarget.value)}
        />
      )}
      {classes.length > MOST_CLASSES ? (
        <p className={css.about}>
          {classes.length} classes make too large a table: name single pairs with{' '}
          <code>slipway train --costs TRUE:PREDICTED=COST</code>.
        </p>
      ) : classes.length < 2 ? null : (
        <Matrix classes={classes} costs={costs} onChange={onChange} />
      )}
    </>
  );
}

function Matrix({ classes, costs, onChange }: Omit<Props, 'written'>) {
  const other = costs.other.trim() === '' ? '1' : costs.other;
  const fill = (truth: string, predicted: string, text: string) =>
    onChange({ ...costs, cells: new Map([...costs.cells, [cellKey(truth, predicted), text]]) });
  return (
    <>
      <Scroller label="What answers cost" className={css.scroller}>
        <table className={css.matrix}>
          <caption>What an answer costs: rows by their true class, answers from left to right</caption>
          <thead>
            <tr>
              <th scope="col">True class</th>
              {classes.map((predicted) => (
                <th key={predicted} scope="col">
                  answered {predicted}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((truth) => (
              <tr key={truth}>
                <th scope="row">{truth}</th>
                {classes.map((predicted) => (
                  <td key={predicted}>
                    <TextInput
                      size="xs"
                      type="number"
                      min={0}
                      step="any"
                      aria-label={`Cost of answering ${predicted} where it is ${truth}`}
                      placeholder={truth === predicted ? '0' : other}
                      value={costs.cells.get(cellKey(truth, predicted)) ?? ''}
                      onChange={(event) => fill(truth, predicted, event.currentTarget.value)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      <TextInput
        size="xs"
        type="number"
        min={0}
        step="any"
        className={css.other}
        label="Each other mistake costs"
        placeholder="1"
        value={costs.other}
        onChange={(event) => onChange({ ...costs, other: event.currentTarget.value })}
      />
    </>
  );
}
