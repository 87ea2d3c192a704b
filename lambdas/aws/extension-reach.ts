import { createExtensionReachHandler } from '../events/extension-reach.ts';

export const handler = createExtensionReachHandler();
