import { any, failure, pipeline, task } from 'gofer-serverless';

const image = 'busybox:latest';
const shell = (script: string) => ['sh', '-c', script];

const build = task({ id: 'build', image, command: shell('echo compiling; sleep 0.3; echo "built in 0.3 s"') });

// Fan-out: as soon as the build has succeeded, these run side by side.
const tests = ['unit', 'integration', 'browser'].map((suite) =>
  task({
    id: `test-${suite}`,
    image,
    command: shell('for i in 1 2 3; do echo "$SUITE: test $i ok"; sleep 0.2; done'),
    variables: { SUITE: suite },
    depends_on: [build],
  }),
);

// Fails on purpose. It may: the failure stays visible, but does not fail the run.
const audit = task({
  id: 'audit',
  image,
  command: shell('echo "1 advisory found" >&2; exit 1'),
  depends_on: [build],
  allow_failure: true,
});

// The failure branch runs, and what needs a clean audit is skipped.
const openTicket = task({
  id: 'open-ticket',
  image,
  command: shell('echo "ticket opened"'),
  depends_on: [failure(audit)],
});
const badge = task({ id: 'award-badge', image, command: shell('echo "never printed"'), depends_on: [audit] });

// Fan-in: all tests have succeeded, and the branches of the audit are over.
const release = task({
  id: 'release',
  image,
  command: shell('echo "released by run $GOFER_RUN_ID of $GOFER_PIPELINE_ID"'),
  depends_on: [...tests, any(openTicket), any(badge)],
});

export default pipeline({
  id: 'demo',
  description: 'A build, tests side by side, an audit that fails, its branch, a skipped task, and a release.',
  tasks: [build, ...tests, audit, openTicket, badge, release],
});
