/** Findings of cdk-nag that are meant to be so, each with its reason, beside what they are about. */
import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

export function explain(scope: Construct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(scope).acknowledge({ id, reason });
}
