import { type EndpointSpec, endpointSpecSchema, fail, type GraphNode, ownValue } from '@slipway/contract';
import type { EndpointRevision } from '../../metadata/index.ts';

/** `churn@3` taken apart. */
export type VersionName = { model: string; version: number };

export function versionNamed(name: string): VersionName {
  const at = name.lastIndexOf('@');
  return { model: name.slice(0, at), version: Number(name.slice(at + 1)) };
}

export function nameOfVersion({ model, version }: VersionName): string {
  return `${model}@${version}`;
}

/** An endpoint where one version answers everything, and nothing else is declared. */
export function plainSpec(version: VersionName): EndpointSpec {
  return endpointSpecSchema.parse({ versions: { [nameOfVersion(version)]: 100 } });
}

/** What a revision declares. Revisions from before there were specs, and those of no form that is known, are plain. */
export function specOf(
  model: string,
  revision: Pick<EndpointRevision, 'spec' | 'modelVersion'>,
): EndpointSpec {
  const parsed = endpointSpecSchema.safeParse(revision.spec);
  return parsed.success ? parsed.data : plainSpec({ model, version: revision.modelVersion });
}

/** The version that answers most requests, the newest of several. */
export function leadingVersion(spec: EndpointSpec): VersionName {
  const [first, ...others] = Object.entries(spec.versions).map(([name, weight]) => ({
    ...versionNamed(name),
    weight,
  }));
  return others.reduce(
    (best, each) =>
      each.weight > best.weight || (each.weight === best.weight && each.version > best.version) ? each : best,
    first!,
  );
}

/** The only version that gets requests; undefined when they are split. */
export function onlyVersion(spec: EndpointSpec): VersionName | undefined {
  const taking = Object.entries(spec.versions).filter(([, weight]) => weight > 0);
  return taking.length === 1 ? versionNamed(taking[0]![0]) : undefined;
}

/** The same endpoint, answered by one version alone; a shadow that answers now is none any more. */
export function answeredBy(spec: EndpointSpec, version: VersionName): EndpointSpec {
  const { shadow, ...rest } = spec;
  const name = nameOfVersion(version);
  const kept = shadow === undefined || shadow.version === name ? rest : spec;
  return { ...kept, versions: { [name]: 100 } };
}

/** Whether two specs declare the same, in whatever order their fields were written. */
export function isSameSpec(left: EndpointSpec, right: EndpointSpec): boolean {
  return canonical(left) === canonical(right);
}

/** Whether two graphs whose versions are pinned are the same, in whatever order their fields were written. */
export function isSameGraph(left: GraphNode, right: GraphNode): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (isObject(part) ? sorted(part) : part));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The one model that the versions of a spec are of. Throws `endpoint.bad-spec` where they are of several, or where
 * the shadow answers already.
 */
export function modelOfSpec(spec: EndpointSpec): string {
  const names = Object.keys(spec.versions);
  const { model } = versionNamed(names[0]!);
  for (const name of names) refuseOther(model, name, `versions.${name}`);
  if (spec.shadow === undefined) return model;
  const { version } = spec.shadow;
  refuseOther(model, version, 'shadow.version');
  if ((ownValue(spec.versions, version) ?? 0) > 0)
    throw badSpec(`${version} answers requests already, so it has nothing to shadow`, 'shadow.version');
  return model;
}

function refuseOther(model: string, name: string, path: string): void {
  if (versionNamed(name).model === model) return;
  throw badSpec(`${name} is of another model than ${model}, and an endpoint serves versions of one`, path);
}

export function badSpec(reason: string, path: string) {
  return fail('endpoint.bad-spec', { reason }, { path });
}
