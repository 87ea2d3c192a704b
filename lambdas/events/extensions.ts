/** Target of the rules of extensions: their containers' news, every minute, and whoever has changed one. */
import { setTimeout } from 'node:timers/promises';
import { type Tender, tendExtensions } from '../../lib/extension/tend.ts';
import type { Home } from '../../lib/home.ts';

/** Milliseconds between looks while extensions come up, and what one look may take. */
const between = 2_000;
const reserve = 25_000;

type Context = { readonly getRemainingTimeInMillis: () => number };
type Options = { readonly pause?: (milliseconds: number) => Promise<unknown> };

/** Fails when all is looked after if anything went wrong, so that it is seen; the next minute tries again. */
export const createExtensionsHandler =
  (home: Home, tender: Tender, { pause = setTimeout }: Options = {}) =>
  async (_event: unknown, context: Context): Promise<void> => {
    for (;;) {
      const { soon, errors } = await tendExtensions(home, tender);
      if (soon && context.getRemainingTimeInMillis() >= reserve) {
        await pause(between);
        continue;
      }
      if (!errors.length) return;
      throw new AggregateError(
        errors.map(({ error }) => error),
        `extensions: ${errors.map(({ extension }) => extension).join(', ')}`,
      );
    }
  };
