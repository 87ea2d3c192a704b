/**
 * Stands in for the client of EventBridge Scheduler in the bundles: what `schedules.ts` takes of it, and no more. It alone
 * speaks REST among the clients that functions have, and with that protocol it would be a twentieth of the API's code.
 */
import { randomUUID } from 'node:crypto';
import { addressOf, askSigned, type SignedOptions, signedOptions } from './signed.ts';

type Named = { readonly Name: string; readonly GroupName: string };

abstract class Command {
  abstract readonly method: 'DELETE' | 'POST' | 'PUT';
  readonly input: Named;
  constructor(input: Named) {
    this.input = input;
  }
}

export class CreateScheduleCommand extends Command {
  readonly method = 'POST';
}

export class UpdateScheduleCommand extends Command {
  readonly method = 'PUT';
}

export class DeleteScheduleCommand extends Command {
  readonly method = 'DELETE';
}

export class ConflictException extends Error {
  override readonly name = 'ConflictException';
}

export class ResourceNotFoundException extends Error {
  override readonly name = 'ResourceNotFoundException';
}

export class SchedulerClient {
  readonly #options: SignedOptions;

  constructor(options: Partial<SignedOptions> = {}) {
    this.#options = { ...signedOptions(process.env), ...options };
  }

  async send({ method, input: { Name, ...schedule } }: Command): Promise<void> {
    const url = new URL(`/schedules/${encodeURIComponent(Name)}`, addressOf('scheduler', this.#options));
    // A request that is repeated has the same token, and is carried out once.
    const token = randomUUID();
    const { GroupName } = schedule;
    if (method === 'DELETE') url.search = String(new URLSearchParams({ groupName: GroupName, clientToken: token }));
    const body = JSON.stringify({ ...schedule, ClientToken: token });
    const request = { service: 'scheduler', method, url } as const;
    const json = { headers: { 'content-type': 'application/json' }, body };
    const { ok, status, headers, text } = await askSigned(
      method === 'DELETE' ? request : { ...request, ...json },
      this.#options,
    );
    if (ok) return;
    const message = `${method} of schedule "${Name}" failed with ${status}: ${text.slice(0, 500)}`;
    throw named(headers.get('x-amzn-errortype')?.split(':')[0] ?? 'SchedulerError', message);
  }
}

/** Callers tell these two by their class. */
function named(name: string, message: string): Error {
  if (name === 'ConflictException') return new ConflictException(message);
  if (name === 'ResourceNotFoundException') return new ResourceNotFoundException(message);
  return Object.assign(new Error(message), { name });
}
