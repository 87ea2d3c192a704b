import { describeConformance } from '../conformance/conformance.ts';
import { inShell } from '../extension/in-shell.ts';
import { onAws } from './installation.ts';

/** Unless the stack's settings say otherwise, nobody gets into a container. */
const unable = { attach_task_execution: 503 };

describeConformance('AWS', { extensionOf: inShell, unable, generated: 100, start: () => onAws() });
