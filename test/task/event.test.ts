import { describe, expect, it } from 'vitest';
import { parseTaskStateChange } from '../../lib/task/event.ts';

/** As ECS tells of a Fargate task whose container exited with 1. */
const stopped = {
  version: '0',
  'detail-type': 'ECS Task State Change',
  source: 'aws.ecs',
  time: '2026-11-02T09:31:00Z',
  detail: {
    taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/gofer/8f3a',
    group: 'u1_7/build/2',
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    createdAt: '2026-11-02T09:30:00.000Z',
    startedAt: '2026-11-02T09:30:40.500Z',
    stoppedAt: '2026-11-02T09:31:00.250Z',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'task', lastStatus: 'STOPPED', exitCode: 1 }],
    version: 5,
  },
};

const withDetail = (detail: object) => ({ ...stopped, detail: { ...stopped.detail, ...detail } });

describe('ECS Task State Change', () => {
  it('tells whose container stopped, when and how', () => {
    expect(parseTaskStateChange(stopped)).toEqual({
      arn: stopped.detail.taskArn,
      group: 'u1_7/build/2',
      lastStatus: 'STOPPED',
      createdAt: Date.parse('2026-11-02T09:30:00Z'),
      startedAt: Date.parse('2026-11-02T09:30:40.5Z'),
      stoppedAt: Date.parse('2026-11-02T09:31:00.25Z'),
      exitCode: 1,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
    });
  });

  it("prefers the container's own words", () => {
    const reason = 'OutOfMemoryError: Container killed due to memory usage';
    expect(parseTaskStateChange(withDetail({ containers: [{ exitCode: 137, reason }] }))?.stoppedReason).toBe(reason);
  });

  it('takes a status in between as the one before', () => {
    expect(parseTaskStateChange(withDetail({ lastStatus: 'ACTIVATING' }))?.lastStatus).toBe('PENDING');
    expect(parseTaskStateChange(withDetail({ lastStatus: 'STOPPING' }))?.lastStatus).toBe('RUNNING');
  });

  it.each([undefined, 'text', {}, { ...stopped, 'detail-type': 'other' }, withDetail({ group: 7 })])(
    'is not %j',
    (event) => expect(parseTaskStateChange(event)).toBeUndefined(),
  );
});
