import { createElement, type ReactNode } from 'react';
import { DataTable } from '../../parts/data-table.tsx';
import css from './markdown.module.css';
import { type Block, readMarkdown, readSpans, type Span } from './read-markdown.ts';

/** A Markdown text as elements of the page; its headings begin at the third level. */
export function Markdown(props: { text: string }) {
  return (
    <div className={css.text}>
      {readMarkdown(props.text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no name but their place
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }): ReactNode {
  switch (block.kind) {
    case 'heading':
      return createElement(`h${Math.min(6, block.level + 2)}`, {}, <Spans text={block.text} />);
    case 'paragraph':
      return (
        <p>
          <Spans text={block.text} />
        </p>
      );
    case 'list':
      return createElement(
        block.ordered ? 'ol' : 'ul',
        {},
        ...block.items.map((item) => <Item key={item} text={item} />),
      );
    case 'code':
      return (
        <pre>
          <code>{block.text}</code>
        </pre>
      );
    case 'table':
      return (
        <DataTable<string[]>
          caption={block.head.join(', ')}
          narrow
          rows={block.rows}
          rowKey={(_, index) => String(index)}
          columns={block.head.map((title, place) => ({
            id: String(place),
            title: <Spans text={title} />,
            show: (row) => <Spans text={row[place] ?? ''} />,
          }))}
        />
      );
  }
}

function Item(props: { text: string }) {
  return (
    <li>
      <Spans text={props.text} />
    </li>
  );
}

const TAGS: Record<Exclude<Span['kind'], 'text'>, string> = {
  strong: 'strong',
  emphasis: 'em',
  code: 'code',
};

function Spans(props: { text: string }): ReactNode {
  return readSpans(props.text).map((span, index) =>
    span.kind === 'text' ? span.text : createElement(TAGS[span.kind], { key: index }, span.text),
  );
}
