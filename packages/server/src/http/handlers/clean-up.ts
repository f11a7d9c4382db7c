import type { OperationAnswer } from '@slipway/contract';

/** Removes what nobody needs, and keeps it in the trash for a while. */
export interface CleanUp {
  /** Removes; throws `storage.implausible-removal` instead, and removes nothing, when too much would go, unless `force` is set. */
  run(options: { force: boolean }): Promise<OperationAnswer<'storage.clean'>>;
  /** Why the last pass removed nothing, or null. */
  refusal(): string | null;
  trash(): Promise<OperationAnswer<'storage.trash'>>;
  restore(day: string | undefined): Promise<OperationAnswer<'storage.restore'>>;
  /** Deletes all that is in the trash. */
  emptyTrash(): Promise<OperationAnswer<'storage.empty-trash'>>;
}
