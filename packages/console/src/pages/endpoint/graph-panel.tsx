import type { GraphView } from '@slipway/contract';
import { Link } from '@tanstack/react-router';
import { DataTable } from '../../parts/data-table.tsx';
import { Panel } from '../../parts/page.tsx';
import styles from './graph-panel.module.css';
import { type Branch, treeOf } from './graph-tree.ts';

/** An inference graph: its nodes, each below the node that uses it, and the model versions that take part. */
export function GraphPanel({ graph }: { graph: GraphView }) {
  return (
    <Panel
      title="Inference graph"
      about="Versions are pinned: a new version of a model takes part once the graph is declared again."
    >
      <NodeList branches={treeOf(graph.lines)} label="Nodes of the graph" />
      {graph.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <DataTable
        caption="Models that take part"
        rows={graph.members}
        rowKey={(each) => each.path}
        columns={[
          { id: 'node', title: 'Node', show: (each) => <code>{each.path}</code> },
          {
            id: 'model',
            title: 'Model',
            show: (each) => (
              <Link
                to="/models/$name"
                params={{ name: each.model }}
                search={{ version: String(each.version) }}
              >
                {each.model} version {each.version}
              </Link>
            ),
          },
          { id: 'alias', title: 'Declared as', show: (each) => each.alias ?? 'a version' },
        ]}
      />
    </Panel>
  );
}

function NodeList({ branches, label }: { branches: readonly Branch[]; label?: string }) {
  return (
    <ul className={styles.nodes} aria-label={label}>
      {branches.map(({ line, below }) => (
        <li key={line.path}>
          {line.says}
          {below.length === 0 ? null : <NodeList branches={below} />}
        </li>
      ))}
    </ul>
  );
}
