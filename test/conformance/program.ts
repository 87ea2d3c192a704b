/** An extension for homes whose containers are processes of this machine. */
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../extension/extension.ts', import.meta.url));

/** What installs it. */
export const extensionOf = (id: string) => ({
  ...{ id, image: 'busybox:latest', settings: {}, registry_auth: null, additional_roles: [] },
  command: [process.execPath, program],
});
