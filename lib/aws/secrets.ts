/**
 * Secrets in AWS Secrets Manager or as SecureStrings of Systems Manager's Parameter Store, as the stack's setting
 * `secretStore` says. Registry credentials are always with Secrets Manager: ECS reads them nowhere else.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import type { Secrets } from '../ports/secrets.ts';
import { isRegistrySecret } from '../secret/name.ts';
import { callService, type JsonService } from './json-call.ts';
import { type SecretStore, secretPath } from './secret-path.ts';
import type { SignedOptions } from './signed.ts';

export type SecretSettings = {
  /** Name of the stack. */
  readonly installation: string;
  readonly store: SecretStore;
};

const limits = {
  'secrets-manager': { store: 'AWS Secrets Manager', bytes: 65_536 },
  'parameter-store': { store: "Systems Manager's Parameter Store", bytes: 4_096 },
} as const;

const secretAnswer = z.object({ SecretString: z.string().optional() });
/** Oldest first, 50 at most; of one that changes more often, the value before may be on a further page, and is left. */
const historyAnswer = z.object({ Parameters: z.array(z.object({ Value: z.string() })) });
const parameterAnswer = z.object({ Parameter: z.object({ Value: z.string() }) });

export function createSecrets(settings: SecretSettings, options: SignedOptions): Secrets {
  const storeOf = (name: string) => (isRegistrySecret(name) ? 'secrets-manager' : settings.store);
  const stores = { 'secrets-manager': secretsManager(options), 'parameter-store': parameterStore(options) };
  const of = (name: string) => {
    const store = storeOf(name);
    return { ...stores[store], path: secretPath(settings.installation, store, name) };
  };
  return {
    limit: limits[settings.store],
    put: (name, value) => of(name).put(of(name).path, value),
    get: (name) => of(name).get(of(name).path),
    former: (name) => of(name).former(of(name).path),
    remove: (name) => of(name).remove(of(name).path),
  };
}

type Store = {
  readonly put: (path: string, value: string) => Promise<void>;
  readonly get: (path: string) => Promise<string | undefined>;
  readonly former: (path: string) => Promise<string | undefined>;
  readonly remove: (path: string) => Promise<void>;
};

/** Tries to write a secret while another of the same name is made, or is still on its way out. */
const tries = 6;

function secretsManager(options: SignedOptions): Store {
  const call = caller('secretsmanager', options);
  const { pause = setTimeout } = options;
  const read = async (path: string, VersionStage: 'AWSCURRENT' | 'AWSPREVIOUS') => {
    const input = { SecretId: path, VersionStage };
    const found = await call('GetSecretValue', input, '', ['ResourceNotFoundException']);
    return found === missing ? undefined : secretAnswer.parse(found).SecretString;
  };
  return {
    async put(path, value) {
      // The same token at each try, also of those below: a repeated call is the same version.
      const content = { SecretString: value, ClientRequestToken: randomUUID() };
      for (let attempt = 1; ; attempt++) {
        const goingAway = attempt < tries ? ['InvalidRequestException'] : [];
        const absent = ['ResourceNotFoundException', ...goingAway];
        if ((await call('PutSecretValue', { SecretId: path, ...content }, value, absent)) !== missing) return;
        const present = attempt < tries ? ['ResourceExistsException', ...goingAway] : [];
        if ((await call('CreateSecret', { Name: path, ...content }, value, present)) !== missing) return;
        await pause(500);
      }
    },
    get: (path) => read(path, 'AWSCURRENT'),
    // Kept by AWS itself, at no cost.
    former: (path) => read(path, 'AWSPREVIOUS'),
    async remove(path) {
      const input = { SecretId: path, ForceDeleteWithoutRecovery: true };
      await call('DeleteSecret', input, '', ['ResourceNotFoundException']);
    },
  };
}

function parameterStore(options: SignedOptions): Store {
  const call = caller('ssm', options);
  return {
    async put(path, value) {
      await call('PutParameter', { Name: path, Type: 'SecureString', Value: value, Overwrite: true }, value, []);
    },
    async get(path) {
      const found = await call('GetParameter', { Name: path, WithDecryption: true }, '', ['ParameterNotFound']);
      return found === missing ? undefined : parameterAnswer.parse(found).Parameter.Value;
    },
    async former(path) {
      const input = { Name: path, WithDecryption: true };
      const found = await call('GetParameterHistory', input, '', ['ParameterNotFound']);
      return found === missing ? undefined : historyAnswer.parse(found).Parameters.at(-2)?.Value;
    },
    async remove(path) {
      await call('DeleteParameter', { Name: path }, '', ['ParameterNotFound']);
    },
  };
}

const missing = Symbol('missing');

/** Answers `missing` for refusals that are expected. AWS's words of any other may repeat what was sent, so the value is taken out. */
const caller =
  (service: JsonService, options: SignedOptions) =>
  async (operation: string, input: object, value: string, expected: readonly string[]): Promise<unknown> => {
    try {
      return await callService(service, operation, input, options);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (expected.includes(error.name)) return missing;
      const said = value ? error.message.replaceAll(value, '***') : error.message;
      throw Object.assign(new Error(`${operation} failed: ${said}`), { name: error.name });
    }
  };
