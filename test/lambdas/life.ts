/** What AWS invokes in the life of a run: `build` fails once and is tried again, then `test` runs. */
import type { Container } from '../../lib/ports/containers.ts';
import type { Account, Delivery } from './account.ts';
import { taskFailedCause, taskStateChange } from './recorded.ts';

export type Step = {
  readonly what: string;
  /** Made when its time has come: containers exist then. */
  readonly make: () => Delivery;
  /** How the waiting state must have been answered when this is over. */
  readonly answer?: 'run' | 'Gofer.Again.1' | 'over';
};

export function lifeOf(account: Account): Step[] {
  const { run, containers } = account;
  let tokens = 0;
  /** Each entry of a state has a token of its own, also when Step Functions asks again. */
  const next = (task: string, o: object, after?: string): Delivery => ({
    to: 'next',
    event: { v: 1, run, task, ...(after && { after }), o, token: `${task} ${++tokens}` },
  });
  const arnOf = (task: string, launch: number) =>
    `arn:aws:ecs:eu-central-1:123456789012:task/Gofer-Cluster/${task}${launch}`;
  const container = (task: string, launch: number): Container =>
    containers.get(arnOf(task, launch)) ?? {
      arn: arnOf(task, launch),
      group: `${run}/${task}/${launch}`,
      lastStatus: 'PENDING',
      createdAt: account.now(),
    };
  const keep = (changed: Container) => {
    containers.set(changed.arn, changed);
    return changed;
  };
  const runs = (task: string, launch: number): Delivery => {
    const { lastStatus, ...known } = container(task, launch);
    const running = keep({ ...known, lastStatus: 'RUNNING', startedAt: known.startedAt ?? account.now() });
    return { to: 'taskStateChange', event: taskStateChange(running, 3) };
  };
  const ends = (task: string, launch: number, exitCode: number): Delivery => {
    const facts = { exitCode, stopCode: 'EssentialContainerExited', stoppedAt: account.now() };
    const stopped = keep({ ...container(task, launch), ...facts, lastStatus: 'STOPPED' });
    return { to: 'taskStateChange', event: taskStateChange(stopped, 6) };
  };
  const failed = () => ({ k: 1, e: { Error: 'States.TaskFailed', Cause: taskFailedCause(container('build', 1)) } });
  return [
    { what: 'build comes into question', make: () => next('build', {}), answer: 'run' },
    { what: 'build runs', make: () => runs('build', 1) },
    { what: 'build fails', make: () => ends('build', 1, 3) },
    { what: 'the machine asks what that means', make: () => next('build', failed()), answer: 'Gofer.Again.1' },
    {
      what: 'build is tried again',
      make: () => {
        account.pass(6);
        return next('build', failed());
      },
      answer: 'run',
    },
    { what: 'build runs again', make: () => runs('build', 2) },
    { what: 'build succeeds', make: () => ends('build', 2, 0) },
    { what: 'test comes into question', make: () => next('test', {}, 'build'), answer: 'run' },
    { what: 'test runs', make: () => runs('test', 1) },
    { what: 'test succeeds', make: () => ends('test', 1, 0) },
    {
      what: 'the run comes to its end',
      make: () => ({ to: 'finish', event: { v: 1, run, token: `finish ${++tokens}` } }),
      answer: 'over',
    },
  ];
}

/** The answer that a delivery's token got. */
export function answerTo(account: Account, { event }: Delivery): string | undefined {
  const answer = account.answers.get(String((event as { token?: string }).token));
  if (!answer) return undefined;
  if ('error' in answer) return answer.error;
  return 'k' in answer.output ? 'run' : 'over';
}
