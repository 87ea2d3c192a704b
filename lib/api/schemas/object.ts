import * as z from 'zod';
import { timeSchema } from './common.ts';

export const objectSchema = z
  .object({
    key: z.string(),
    created: timeSchema.describe('When its content was stored.'),
    size: z.int().nonnegative().optional().describe('Bytes.'),
  })
  .meta({ id: 'Object' });

export const uploadSchema = z
  .object({
    id: z.string().describe('Ends the upload.'),
    url: z.string().describe('Takes the content by PUT, within 15 minutes from now, with its content-length.'),
    headers: z.record(z.string(), z.string()).describe('Headers that the PUT has to have besides.'),
  })
  .meta({ id: 'ObjectUpload' });

export type Object = z.output<typeof objectSchema>;
