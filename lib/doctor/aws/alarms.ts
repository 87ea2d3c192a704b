/** Alarms of the stack that have gone off. */
import { ok, type Verdict, warn } from '../check.ts';

/** `description` says what has happened, what to do first, and names its section of the runbook. */
export type AlarmFacts = { readonly all: number; readonly gone: readonly { readonly description: string }[] };

export const judgeAlarms = ({ all, gone }: AlarmFacts): readonly Verdict[] =>
  gone.length === 0
    ? [ok(`none of ${all} alarms has gone off`)]
    : gone.map(({ description }) => {
        const [, says = description, next] = /^(.*?)((?: First:| Runbook:).*)?$/s.exec(description) ?? [];
        return warn(says, next?.trim());
      });
