/** Ids in the path that name nothing, or can't. */
import type { Refusal, Refusals } from './refusal.ts';

/** Whoever asks for these makes them. */
const made: Readonly<Record<string, string>> = {
  register_config: 'pipeline_id',
  put_pipeline_object: 'key',
  put_run_object: 'key',
  put_extension_object: 'key',
};

export const ids: Refusals = ({ id, parameters }) =>
  parameters
    .filter((each) => each.in === 'path')
    .flatMap(({ name, schema }): Refusal[] => {
      const isNumber = schema['type'] === 'integer';
      const withId =
        (value: string | number): Refusal['wrong'] =>
        (good) => ({
          ...good,
          params: { ...good.params, [name]: value },
        });
      return [
        ...(made[id] === name
          ? []
          : [{ what: `a ${name} that nobody has`, status: 404, wrong: withId(isNumber ? 999_999 : 'of-nobody') }]),
        ...(isNumber
          ? [
              { what: `a ${name} that is no number`, status: 400, wrong: withId('seven') },
              { what: `a ${name} below zero`, status: 400, wrong: withId(-1) },
            ]
          : []),
      ];
    });
