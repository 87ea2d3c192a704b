/** Which Node.js runs Gofer: pipelines in TypeScript need one that strips types by itself and has `registerHooks`. */

/** Minor versions that have both, by major; every later major has. */
const since: Readonly<Record<number, number>> = { 22: 18, 23: 6 };

/** What to tell whoever has this version, as `process.versions.node` gives it; `undefined`: it runs Gofer. */
export function versionRefusal(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 23 || minor >= (since[major] ?? Number.POSITIVE_INFINITY)) return undefined;
  return `gofer needs Node.js 22.18 or newer${major === 23 ? ', or 23.6 of 23' : ''}; this is ${version}`;
}
