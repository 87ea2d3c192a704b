import { expect, test } from 'vitest';
import { isImageReference, similarImage } from '../../lib/pipeline/image.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  'busybox',
  'busybox:1.36',
  'library/busybox:latest',
  'ghcr.io/clintjedwards/gofer/debug:v0.9',
  'localhost:5000/my_image__two--three.four',
  '[::1]:5000/image',
  `busybox@${digest}`,
  `REGISTRY.example.com/image:TAG_1@${digest}`,
  '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:2026-11-01',
])('%s is an image reference', (image) => expect(isImageReference(image)).toBe(true));

test.each([
  '',
  'Busybox',
  'busy box',
  'busybox:',
  'busybox:-tag',
  `busybox:${'t'.repeat(129)}`,
  '/busybox',
  'busybox/',
  'a//b',
  'a___b',
  'https://ghcr.io/image',
  'busybox@sha256:abc',
  'busybox\n',
  'a'.repeat(256),
])('%j is not', (image) => expect(isImageReference(image)).toBe(false));

test('what was meant is found where it can be', () => {
  expect(similarImage(' busybox ')).toBe('busybox');
  expect(similarImage('docker://ghcr.io/a/b:V1')).toBe('ghcr.io/a/b:V1');
  expect(similarImage('MyImage:V1')).toBe('myimage:V1');
  expect(similarImage('two words')).toBeUndefined();
});
