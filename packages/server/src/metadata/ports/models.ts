import type {
  AliasMove,
  Model,
  ModelAlias,
  ModelValidation,
  ModelVersion,
  NewModel,
  NewModelValidation,
  NewModelVersion,
} from '../model.ts';

/** The models there are. Versions are immutable; aliases move, one move after the other. */
export interface ModelRegistry {
  /** The model of that name, made if there is none. */
  ensure(model: NewModel): Promise<Model>;
  find(name: string): Promise<Model | undefined>;
  /** Throws `model.missing`. */
  get(name: string): Promise<Model>;
  /** By name. */
  list(): Promise<Model[]>;
  /** Adds the next version. Throws `model.missing`. */
  addVersion(name: string, version: NewModelVersion): Promise<ModelVersion>;
  /** The version, or the latest. Throws `model.missing` or `model.version-missing`. */
  version(name: string, version?: number): Promise<ModelVersion>;
  /** Newest first. Throws `model.missing`. */
  versions(name: string): Promise<ModelVersion[]>;
  /** Keeps what a version was measured to be; it is never changed. Throws `model.version-missing`. */
  addValidation(validation: NewModelValidation): Promise<ModelValidation>;
  /** Of one version, or of all; newest first. */
  validations(name: string, version?: number): Promise<ModelValidation[]>;
  /** The version an alias points at. */
  aliased(name: string, alias: string): Promise<ModelVersion | undefined>;
  aliases(name: string): Promise<ModelAlias[]>;
  /**
   * Points the alias at the version and says where it pointed before. Concurrent moves wait for each other until
   * the transaction ends, so the moves form one line: each one's `from` is the `to` of the one before.
   * With `expected` (null: no alias yet) throws `alias.conflict` when it pointed elsewhere.
   * Throws `model.version-missing`.
   */
  moveAlias(name: string, alias: string, version: number, expected?: number | null): Promise<AliasMove>;
  /** Content addresses of all bundles: what `ObjectStore.collect` must keep. */
  bundleIds(): Promise<Set<string>>;
}
