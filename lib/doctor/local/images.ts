/** Images of the registered pipelines that a task would have to wait for. */
import { ok, type Verdict, warn } from '../check.ts';

export type ImagesFacts = { readonly wanted: readonly string[]; readonly missing: readonly string[] };

/** Names shown before it says "and more". */
const shown = 5;

export function judgeImages({ wanted, missing }: ImagesFacts): readonly Verdict[] {
  if (wanted.length === 0) return [];
  if (missing.length === 0) return [ok(`all ${wanted.length} images of registered pipelines are here`)];
  const names =
    missing.slice(0, shown).join(', ') + (missing.length > shown ? ` and ${missing.length - shown} more` : '');
  return [
    warn(
      `${missing.length} of ${wanted.length} images are not here: ${names}`,
      `a task pulls its image when it starts; to have it before: docker pull ${missing[0]}`,
    ),
  ];
}
