/** How functions outside of the network of extensions speak to them: through one that is in there. */
import type { Exchange, ExtensionAnswer } from '../../extension/exchange.ts';
import { invoke } from '../invoke.ts';
import type { SignedOptions } from '../signed.ts';

/** `reaching`: name of the function that sends requests. */
export const exchangeBy =
  (reaching: string, options: SignedOptions): Exchange =>
  async (request) => {
    try {
      return (await invoke(reaching, request, options)) as ExtensionAnswer;
    } catch (error) {
      return { failed: error instanceof Error ? error.message : String(error) };
    }
  };
