import { useOperation } from '../../data/index.ts';
import { Gates } from '../../parts/gates.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Panel } from '../../parts/page.tsx';
import { ValidationReport } from '../../parts/validation/validation-report.tsx';
import { Markdown } from './markdown.tsx';

/** Why one version was let through, what it reaches, and its card. */
export function VersionDetail(props: { name: string; version: number }) {
  const version = useOperation('models.version', { params: props });
  return (
    <Loaded query={version}>
      {(answer) => (
        <>
          <Panel title={`Gates of version ${answer.version}`}>
            <Gates gates={answer.gates} />
          </Panel>
          <Panel title="Validation">
            <ValidationReport report={answer.report} />
          </Panel>
          <Panel title="Model card">
            <Markdown text={answer.card} />
          </Panel>
        </>
      )}
    </Loaded>
  );
}
