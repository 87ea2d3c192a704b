/** Names in the store: no key of a user's leads to what Gofer keeps there itself. */
import { describe, expect, test } from 'vitest';
import {
  apiTokenName,
  globalSecretName,
  isApiToken,
  isRegistrySecret,
  pipelineSecretName,
  registrySecretName,
} from '../../lib/secret/name.ts';

const pipeline = { namespace: 'default', pipeline: 'build' };

describe.each(['_token', '_registry', '_anything'])('a key %s', (key) => {
  const names = [pipelineSecretName(pipeline, key), globalSecretName(key)];

  test.each(names)('lies apart from what Gofer keeps itself: %s', (name) => {
    expect(name.split('/').slice(1)).not.toContainEqual(expect.stringMatching(/^_/));
    expect(isApiToken(name)).toBe(false);
    expect(isRegistrySecret(name)).toBe(false);
  });
});

test('keys that differ in their first underscore have different names', () => {
  const names = ['_a', '.5fa', 'a', '__a', 'a_'].map((key) => pipelineSecretName(pipeline, key));
  expect(new Set(names).size).toBe(names.length);
  expect(pipelineSecretName(pipeline, 'a_b')).toBe('default/build/a_b/value');
});

test('the API token and registry credentials are known by their names', () => {
  expect(isApiToken(apiTokenName(pipeline))).toBe(true);
  expect(isRegistrySecret(registrySecretName(pipeline, 'compile'))).toBe(true);
  expect(isRegistrySecret('_extension/mail/_registry/value')).toBe(true);
  expect(isApiToken(registrySecretName(pipeline, '_token'))).toBe(false);
  expect(isRegistrySecret(apiTokenName(pipeline))).toBe(false);
});
