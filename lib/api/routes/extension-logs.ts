import * as z from 'zod';
import { getExtension } from '../../extension/extensions.ts';
import { operation } from '../operation.ts';
import { extensionParams, extensionPath } from '../paths.ts';
import { wantedStream } from '../stream/answer.ts';
import { openExtensionLog } from '../stream/extension-log.ts';

export const extensionLogs = [
  operation({
    operationId: 'get_extension_logs',
    method: 'GET',
    path: `${extensionPath}/logs`,
    summary:
      "Follow an extension's log as a WebSocket or as Server-Sent Events; any other request gets its text so far",
    access: { resource: 'extensions', action: 'read' },
    params: extensionParams,
    query: z.object({
      timestamps: z.boolean().optional().describe('Begins each line of text with the time it was written.'),
    }),
    status: 200,
    streams: true,
    handler: async (home, { params, query, headers }) => {
      const extension = await getExtension(home, params.extension_id);
      const after = headers['last-event-id'];
      const as = wantedStream(headers);
      return openExtensionLog(home, { extension, as, timestamps: query.timestamps ?? false, ...(after && { after }) });
    },
  }),
];
