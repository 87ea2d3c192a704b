/** The operations that stream, apart from the others: a function that serves them alone stays small. */
import type { Operation } from './operation.ts';
import { events } from './routes/events.ts';
import { extensionLogs } from './routes/extension-logs.ts';
import { logs } from './routes/logs.ts';

export const streaming: readonly Operation[] = [...logs, ...extensionLogs, ...events].filter(({ streams }) => streams);
