/** Why a call was refused, for the audit log: the cause of a failure that tells its caller less. */
export class Denied extends Error {
  readonly what: string;
  readonly details: Readonly<Record<string, string>>;
  constructor(what: string, details: Readonly<Record<string, string>>) {
    super(what);
    this.what = what;
    this.details = details;
  }
}
