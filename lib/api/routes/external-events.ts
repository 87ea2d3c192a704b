import { sendExternalEvent } from '../../extension/external-event.ts';
import { operation } from '../operation.ts';
import { extensionParams } from '../paths.ts';

async function* nothing(): AsyncGenerator<Uint8Array> {}

export const externalEvents = [
  operation({
    operationId: 'external_event',
    method: 'POST',
    path: '/api/external/{extension_id}',
    summary: 'Hand an event from outside, any body with its headers, to an extension',
    // Webhooks know no tokens: the extension looks at what they have signed.
    access: 'public',
    params: extensionParams,
    status: 204,
    raw: 'body',
    handler: (home, { params, headers, content = nothing() }) =>
      sendExternalEvent(home, params.extension_id, { headers, content }),
  }),
];
