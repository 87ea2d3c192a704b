import { expect } from 'vitest';
import { removeFolder, scratchFolder } from '../e2e/folder.ts';
import { startServer } from '../e2e/server.ts';
import { describeConformance } from './conformance.ts';
import { extensionOf } from './program.ts';
import { problemsOf } from './valid.ts';
import { operationOf } from './world.ts';

// Unless the server was started with --attach, nobody gets into a container.
const unable = { attach_task_execution: 503 };

describeConformance('gofer dev', { extensionOf, unable, generated: 500, start: startGuarded });

async function startGuarded() {
  const data = await scratchFolder();
  const server = await startServer({ data, containers: 'process', auth: true });
  const stop = async () => {
    await server.stop();
    await removeFolder(data);
  };
  const response = await fetch(`${server.url}/api/tokens/bootstrap`, { method: 'POST' });
  const first: unknown = await response.json();
  // The one answer of this operation that nobody else ever gets.
  expect([response.status, problemsOf(operationOf('create_bootstrap_token').answer ?? {}, first)]).toEqual([201, []]);
  return { url: server.url, token: (first as { secret: string }).secret, stop };
}
