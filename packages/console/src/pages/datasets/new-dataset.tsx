import { Button, Checkbox, FileInput, TextInput } from '@mantine/core';
import { datasetName } from '@slipway/contract';
import { type Client, waitForJob } from '@slipway/sdk';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { Fold } from '../../parts/figure.tsx';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel, Row, Stack } from '../../parts/page.tsx';
import { useSession } from '../../session/index.ts';
import { InspectedView } from './inspected-view.tsx';
import css from './new-dataset.module.css';
import { ReadingFields } from './reading-fields.tsx';
import { DETECTED, readOptionsOf } from './reading-form.ts';

/** Uploads a table, shows how it is read, and makes a dataset of it or appends it to one. */
export function NewDataset() {
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState('');
  const [append, setAppend] = useState(false);
  const [form, setForm] = useState(DETECTED);
  const uploadId = useUpload();
  const preview = usePreview();
  const add = useAdding();
  const asked = { file, name, append, form, uploadId };
  /** What was shown is of other options. */
  const changed = () => {
    preview.reset();
    add.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(asked);
  };
  const error = add.error ?? preview.error;
  return (
    <Panel title="Add a dataset" about="A table: CSV, TSV, JSON, NDJSON or Parquet, also gzipped.">
      <form onSubmit={submit}>
        <Stack>
          <div className={css.form}>
            <FileInput
              size="xs"
              label="File"
              placeholder="Choose a file"
              required
              value={file}
              onChange={(chosen) => {
                changed();
                setFile(chosen);
                if (chosen !== null) setName(datasetName(chosen.name));
              }}
            />
            <TextInput
              size="xs"
              label="Name"
              required
              value={name}
              onChange={(event) => {
                changed();
                setName(event.currentTarget.value);
              }}
            />
            <Checkbox
              size="xs"
              label="Append to the dataset of this name"
              checked={append}
              onChange={(event) => {
                changed();
                setAppend(event.currentTarget.checked);
              }}
            />
          </div>
          <Fold title="How it is read">
            <ReadingFields
              form={form}
              change={(part) => {
                changed();
                setForm((before) => ({ ...before, ...part }));
              }}
            />
          </Fold>
          {error === null ? null : <ErrorNotice error={error} />}
          <Row>
            <Button
              size="xs"
              variant="default"
              disabled={file === null}
              loading={preview.isPending}
              onClick={() => preview.mutate(asked)}
            >
              Preview
            </Button>
            <Button type="submit" size="xs" disabled={file === null} loading={add.isPending}>
              Add
            </Button>
          </Row>
          {preview.data === undefined ? null : <InspectedView found={preview.data} />}
        </Stack>
      </form>
    </Panel>
  );
}

type Upload = (client: Client, file: File) => Promise<string>;
type Asked = {
  file: File | null;
  name: string;
  append: boolean;
  form: typeof DETECTED;
  uploadId: Upload;
};

/** The upload of a file, made once for the preview and the dataset. */
function useUpload(): Upload {
  const last = useRef<{ file: File; id: string }>(null);
  return async (client, file) => {
    if (last.current?.file === file) return last.current.id;
    const { id } = await client.call['uploads.create']({ query: { filename: file.name }, body: file });
    last.current = { file, id };
    return id;
  };
}

function usePreview() {
  const { client } = useSession();
  return useMutation({
    mutationFn: async ({ file, name, append, form, uploadId }: Asked) => {
      const read = readOptionsOf(form);
      const id = await uploadId(client, file!);
      const body = { read, limit: 10, ...(append && { dataset: name }) };
      return client.call['uploads.inspect']({ params: { id }, body });
    },
  });
}

function useAdding() {
  const { client } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ file, name, append, form, uploadId }: Asked) => {
      const read = readOptionsOf(form);
      const id = await uploadId(client, file!);
      const job = await client.call['datasets.add']({ body: { name, uploadId: id, append, read } });
      await waitForJob(client, job.id);
      return name;
    },
    onSuccess: (added) => navigate({ to: '/datasets/$name', params: { name: added } }),
    onSettled: () => queries.invalidateQueries(),
  });
}
