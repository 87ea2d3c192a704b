/** Shapes that several nouns share. */
import * as z from 'zod';

/** Epoch milliseconds; 0 = not yet. */
export const timeSchema = z.int().nonnegative();

/** Counted from 1 by the server: versions, runs, deployments. */
export const numberSchema = z.int().nonnegative();

export const variableSchema = z
  .object({
    key: z.string(),
    value: z.string(),
    source: z.enum(['unknown', 'pipeline_config', 'system', 'run_options', 'extension']),
  })
  .meta({ id: 'Variable' });

export const initiatorSchema = z.object({ id: z.string(), user: z.string() }).meta({ id: 'Initiator' });

export const errorSchema = z
  .object({
    request_id: z.string(),
    message: z.string(),
    error_code: z.string().optional().describe('A word that programs can branch on.'),
  })
  .meta({ id: 'Error' });

export type ErrorBody = z.output<typeof errorSchema>;
