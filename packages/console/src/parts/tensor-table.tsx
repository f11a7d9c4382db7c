import type { TensorSpec } from '@slipway/contract';
import { DataTable } from './data-table.tsx';

type Row = TensorSpec & { way: 'takes' | 'gives' };

/** What a model of tensors takes and gives. */
export function TensorTable({ inputs, outputs }: { inputs: TensorSpec[]; outputs: TensorSpec[] }) {
  const rows: Row[] = [
    ...inputs.map((spec): Row => ({ ...spec, way: 'takes' })),
    ...outputs.map((spec): Row => ({ ...spec, way: 'gives' })),
  ];
  return (
    <DataTable
      caption="Tensors that the model takes and gives"
      rows={rows}
      rowKey={({ way, name }) => `${way} ${name}`}
      narrow
      columns={[
        { id: 'name', title: 'Tensor', show: ({ name }) => <code>{name}</code> },
        { id: 'way', title: 'Model', show: ({ way }) => way },
        { id: 'type', title: 'Type', show: ({ type }) => type },
        { id: 'shape', title: 'Shape', show: ({ shape }) => <code>{shapeText(shape)}</code> },
      ]}
    />
  );
}

function shapeText(shape: TensorSpec['shape']): string {
  return shape === null ? 'any' : `[${shape.map((size) => (size === '' ? '?' : size)).join(', ')}]`;
}
