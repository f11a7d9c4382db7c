import type { ProcessGroups } from './process-groups.ts';

/** How programs are confined on this machine. */
export type Means =
  | {
      by: 'bubblewrap';
      file: string;
      ownProc: boolean;
      changesUser: boolean;
      /** Limits processes; without, the kernel does by user and namespace, where it can. */
      groups?: ProcessGroups | undefined;
    }
  /** `setpriv` sets no new privileges where it is there. */
  | { by: 'limits'; setpriv: string | undefined; groups?: ProcessGroups | undefined }
  | { by: 'nothing' };
