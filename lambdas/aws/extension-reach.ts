import { createExtensionReachHandler } from '../events/extension-reach.ts';

// Without the logger that others have: it prints nothing, and with what Lambda prints itself the request is named.
export const handler = createExtensionReachHandler();
