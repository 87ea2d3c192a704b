import { describe, expect, it } from 'vitest';
import { mermaidGraph, textGraph } from '../../lib/machine/graph.ts';
import { pipeline, shapeN, task } from './pipelines.ts';

const release = pipeline(
  task('build'),
  task('unit', ['build']),
  task('slow', ['unit']),
  task('lint', ['build']),
  task('publish', { slow: 'success', lint: 'any' }),
  task('alert', { slow: 'failure' }),
);

describe('the graph as text', () => {
  it('shows what follows and what runs beside each other, with parents and conditions', () => {
    expect(textGraph(pipeline(...release.tasks.slice(0, 5)))).toBe(
      ['build', '├─ lint   ← build', '└─ unit   ← build', '   slow   ← unit', 'publish   ← slow, lint (any)'].join(
        '\n',
      ),
    );
  });

  it('shows an N as lanes', () => {
    expect(textGraph(shapeN())).toBe(
      ['├─ one', '│  after-one    ← one', '└─ two', '   after-both   ← one, two'].join('\n'),
    );
  });

  it('shortens a long list of parents', () => {
    const many = Array.from({ length: 20 }, (_, n) => `test-${n}`);
    const lines = textGraph(pipeline(...many.map((id) => task(id)), task('publish', many))).split('\n');
    expect(lines.at(-1)).toBe('publish      ← test-0, test-1, test-2, test-3, test-4, test-5, and 14 more');
  });

  it('is empty without tasks', () => {
    expect(textGraph(pipeline())).toBe('');
  });
});

describe('the graph for Mermaid', () => {
  it('labels the conditions other than success', () => {
    expect(mermaidGraph(release)).toBe(
      [
        'flowchart TD',
        '  t1["build"]',
        '  t2["lint"]',
        '  t3["unit"]',
        '  t4["slow"]',
        '  t5["alert"]',
        '  t6["publish"]',
        '  t1 --> t2',
        '  t1 --> t3',
        '  t3 --> t4',
        '  t4 -.->|failure| t5',
        '  t4 --> t6',
        '  t2 -->|any| t6',
      ].join('\n'),
    );
  });
});
