import type { RowIndependence } from '@slipway/contract';
import { useOperation } from '../../data/index.ts';
import { Gates } from '../../parts/gates.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Panel } from '../../parts/page.tsx';
import { TensorTable } from '../../parts/tensor-table.tsx';
import { ValidationReport } from '../../parts/validation/validation-report.tsx';
import { LaterValidations } from './later-validations.tsx';
import { Markdown } from './markdown.tsx';

function RowsNotice({ proven, reason }: RowIndependence) {
  const title = proven ? 'Rows do not depend on each other' : 'Rows may depend on each other';
  return (
    <Notice state="info" title={title}>
      <p>
        {proven ? 'The graph proves it: requests may share runs.' : `Each request runs alone: ${reason}.`}
      </p>
    </Notice>
  );
}

/** Why one version was let through, what it reaches, and its card; of an imported one, what it takes and gives. */
export function VersionDetail(props: { name: string; version: number }) {
  const version = useOperation('models.version', { params: props });
  return (
    <Loaded query={version}>
      {(answer) => (
        <>
          {answer.tensors === null ? (
            <>
              <Panel title={`Gates of version ${answer.version}`}>
                <Gates gates={answer.gates} />
              </Panel>
              <Panel
                title="Validation"
                {...(answer.reportOf !== null &&
                  answer.reportOf !== answer.version && {
                    about: `Of version ${answer.reportOf}, which this version was made from. How the two compare is measured below, and on the card.`,
                  })}
              >
                <ValidationReport report={answer.report} />
              </Panel>
            </>
          ) : (
            <Panel
              title={`Tensors of version ${answer.version}`}
              about="Imported: tested in a separate process; not evaluated here."
            >
              <TensorTable {...answer.tensors} />
              <RowsNotice {...answer.tensors.rowIndependence} />
            </Panel>
          )}
          <LaterValidations
            name={props.name}
            version={answer.version}
            validations={answer.validations}
            isImported={answer.tensors !== null}
          />
          <Panel title="Model card">
            <Markdown text={answer.card} />
          </Panel>
        </>
      )}
    </Loaded>
  );
}
