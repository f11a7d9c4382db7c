import { useOperation } from '../../data/index.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Panel } from '../../parts/page.tsx';

const ENTRIES_SHOWN = 200;

/** Who did what, and whether the chain of hashes holds. */
export function AuditPanel() {
  const audit = useOperation('audit.list', { query: { limit: ENTRIES_SHOWN } });
  return (
    <Panel title="Audit" about={`The newest ${ENTRIES_SHOWN} entries.`}>
      <Loaded query={audit}>
        {(answer) => (
          <>
            {answer.intact ? (
              <Notice
                state="done"
                title="Intact: each entry carries the hash of the one before, all of them fit, and none of the newest is missing."
              />
            ) : (
              <Notice
                state="broken"
                title={`Broken: entry ${answer.brokenAt} does not fit the hash before it.`}
                urgent
              >
                <p>Someone changed the log past the platform. Compare it with a backup.</p>
              </Notice>
            )}
            <DataTable
              caption="Audit entries"
              rows={answer.entries}
              rowKey={(entry) => String(entry.sequence)}
              columns={[
                { id: 'sequence', title: 'Entry', end: true, show: (entry) => entry.sequence },
                { id: 'at', title: 'When', show: (entry) => <Moment at={entry.at} precise /> },
                {
                  id: 'who',
                  title: 'Who',
                  show: (entry) => <span title={entry.principal ?? undefined}>{entry.who}</span>,
                },
                { id: 'what', title: 'What', show: (entry) => <code>{entry.what}</code> },
                { id: 'subject', title: 'On', show: (entry) => entry.subject },
                { id: 'request', title: 'Request', show: (entry) => entry.requestId ?? '—' },
                { id: 'hash', title: 'Hash', show: (e) => <code title={e.hash}>{e.hash.slice(0, 12)}</code> },
              ]}
            />
          </>
        )}
      </Loaded>
    </Panel>
  );
}
