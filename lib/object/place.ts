/** Where objects lie: a pipeline's, a run's, an extension's. All live by the same rules. */
import type { Settings } from '../home.ts';
import type { ExtensionItem } from '../store/items/extension.ts';
import { extensionObjectsPrefix, pipelineObjectsPrefix, prefixOfRun } from '../store/items/object.ts';

export type ObjectPlace = {
  /** Names the contents' folder and the table's partition: letters, digits and hyphens. */
  readonly owner: string;
  readonly prefix: string;
  /** As messages say it: `in pipeline "build"`. */
  readonly where: string;
  /** At most so many objects: the oldest makes room. Absent: any number. */
  readonly most?: number;
};

type Pipeline = { readonly uid: string; readonly id: string };

export const placeOfPipeline = ({ uid, id }: Pipeline, { retention }: Settings): ObjectPlace => ({
  owner: uid,
  prefix: pipelineObjectsPrefix,
  where: `in pipeline "${id}"`,
  most: retention?.pipelineObjects ?? 50,
});

export const placeOfRun = ({ uid, id }: Pipeline, number: number): ObjectPlace => ({
  owner: uid,
  prefix: prefixOfRun(number),
  where: `in run ${number} of pipeline "${id}"`,
});

/** Those that a task of this run may refer to. */
export function placesOf(
  { uid, pipeline: id, number }: { readonly uid: string; readonly pipeline: string; readonly number: number },
  settings: Settings,
) {
  return { pipeline_object: placeOfPipeline({ uid, id }, settings), run_object: placeOfRun({ uid, id }, number) };
}

/**
 * Of an extension that is installed. `removeObjects` takes them away with it; what a slow writer adds afterwards is not
 * seen by one that is installed under the same id later.
 */
export const extensionObjects = ({ id, created }: Pick<ExtensionItem, 'id' | 'created'>): ObjectPlace => ({
  owner: `extension-${id}-${created}`,
  prefix: extensionObjectsPrefix,
  where: `in extension "${id}"`,
});
