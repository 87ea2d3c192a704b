/** An extension for containers of any image that has a shell: see `extension.sh`. */
import { readFileSync } from 'node:fs';

const script = readFileSync(new URL('./extension.sh', import.meta.url), 'utf8');

/** What installs it. */
export const inShell = (id: string, settings: Readonly<Record<string, string>> = {}) => ({
  id,
  image: 'busybox:latest',
  entrypoint: ['sh', '-c'],
  command: ['printf %s "$SCRIPT" > /tmp/extension && chmod +x /tmp/extension && exec /tmp/extension listen'],
  settings: { script, ...settings },
});
