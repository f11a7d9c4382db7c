import type { ReactNode } from 'react';
import css from './data-table.module.css';
import { DRAWINGS, Icon } from './icons.tsx';
import { Scroller } from './scroller.tsx';
import { nextSortOrder, readSortOrder, type SortValue, sortRows } from './sort-rows.ts';

export type TableColumn<Row> = {
  id: string;
  title: ReactNode;
  show: (row: Row, index: number) => ReactNode;
  /** Makes the column sortable, where the table is. */
  sortBy?: (row: Row) => SortValue;
  /** Numbers stand at the end of their column. */
  end?: boolean;
};

type DataTableProps<Row> = {
  /** What the table holds, for those who do not see it. */
  caption: string;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row, index: number) => string;
  isCurrent?: (row: Row) => boolean;
  /** Only as wide as its content, for tables of two or three columns. */
  narrow?: boolean;
  sort?: string | undefined;
  onSort?: (sort: string | undefined) => void;
};

/** A table. The first column names the row. Wide ones scroll within themselves, also by keyboard. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const order = readSortOrder(props.sort);
  const sorted = props.columns.find((column) => column.id === order?.column);
  const rows =
    sorted?.sortBy === undefined || order === null
      ? props.rows
      : sortRows(props.rows, sorted.sortBy, order.descending);
  return (
    <Scroller className={props.narrow ? `${css.scroller} ${css.narrow}` : css.scroller} label={props.caption}>
      <table className={css.table}>
        <caption className="visually-hidden">{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={props.rowKey(row, index)} aria-current={props.isCurrent?.(row) ? 'true' : undefined}>
              {props.columns.map((column, place) => (
                <Cell key={column.id} first={place === 0} end={column.end}>
                  {column.show(row, index)}
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function Cell(props: { first: boolean; end: boolean | undefined; children: ReactNode }) {
  const align = props.end ? css.end : undefined;
  if (props.first) {
    return (
      <th scope="row" className={align}>
        {props.children}
      </th>
    );
  }
  return <td className={align}>{props.children}</td>;
}

function HeadCell<Row>(props: {
  column: TableColumn<Row>;
  sort: string | undefined;
  onSort: ((sort: string | undefined) => void) | undefined;
}) {
  const { column, onSort } = props;
  const align = column.end ? css.end : undefined;
  if (onSort === undefined || column.sortBy === undefined) {
    return (
      <th scope="col" className={align}>
        {column.title}
      </th>
    );
  }
  const order = readSortOrder(props.sort);
  const active = order?.column === column.id;
  const direction = order?.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" className={align} aria-sort={active ? direction : 'none'}>
      <button type="button" className={css.sort} onClick={() => onSort(nextSortOrder(order, column.id))}>
        {column.title}
        <span className={active ? css.arrow : css.quiet}>
          <Icon size={12}>{active && direction === 'ascending' ? DRAWINGS.up : DRAWINGS.down}</Icon>
        </span>
      </button>
    </th>
  );
}
