/** A good request to each operation of the contract. */
import type { Request } from '../request.ts';
import type { World } from '../world.ts';
import { access } from './access.ts';
import { extensions } from './extensions.ts';
import { objects } from './objects.ts';
import { pipelines } from './pipelines.ts';
import { runs } from './runs.ts';
import { secrets } from './secrets.ts';

/** Makes what the request is about, and nothing that the request itself makes. */
export type Sample = (world: World) => Promise<Request> | Request;
export type Samples = Readonly<Record<string, Sample>>;

const samples: Samples = { ...pipelines, ...runs, ...secrets, ...objects, ...extensions, ...access };

export function sampleOf(id: string): Sample {
  const sample = samples[id];
  if (!sample) throw new Error(`operation "${id}" has no sample: add a good request to it beside the others`);
  return sample;
}
