import { any, failure, pipeline, task } from 'gofer-serverless';

const migrate = task({
  id: 'migrate',
  description: 'Fails, to show what follows.',
  image: 'busybox:latest',
  command: ['sh', '-c', 'echo "migration 7: column exists already" >&2; exit 3'],
});

const release = task({
  id: 'release',
  description: 'Skipped: it needs the migration to succeed.',
  image: 'busybox:latest',
  command: ['echo', 'released'],
  depends_on: [migrate],
});

const rollback = task({
  id: 'rollback',
  description: 'Runs because the migration failed.',
  image: 'busybox:latest',
  command: ['echo', 'back at migration 6'],
  depends_on: [failure(migrate)],
});

const notify = task({
  id: 'notify',
  description: 'Runs however the branches end.',
  image: 'busybox:latest',
  command: ['echo', 'all branches are complete'],
  depends_on: [any(release), any(rollback)],
});

/** The run fails, although the failure was handled: a failed task is a failed run unless it has `allow_failure`. */
export default pipeline({ id: 'failure-branch', tasks: [migrate, release, rollback, notify] });
