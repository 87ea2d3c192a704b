/** Colours, and whether there are any. */
import { styleText } from 'node:util';

export type Paint = (text: string) => string;
export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';
export type Style = Readonly<Record<Colour, Paint>>;

const colours: readonly Colour[] = ['bold', 'dim', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan'];

export function createStyle(enabled: boolean): Style {
  const paint = (colour: Colour): Paint =>
    enabled ? (text) => (text === '' ? '' : styleText(colour, text, { validateStream: false })) : (text) => text;
  const style = (colour: Colour): [Colour, Paint] => [colour, paint(colour)];
  return Object.fromEntries(colours.map(style)) as Record<Colour, Paint>;
}

/** `--no-color` and NO_COLOR beat FORCE_COLOR, which beats what the stream is. */
export function wantsColour(
  flag: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): boolean {
  if (flag === false || env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}

/** One colour for each state and outcome, the same everywhere. */
export function statusPaint(style: Style, status: string): Paint {
  switch (status.toLowerCase()) {
    case 'successful':
    case 'live':
    case 'active':
    case 'complete':
      return style.green;
    case 'failed':
      return style.red;
    case 'cancelled':
      return style.yellow;
    case 'running':
      return style.cyan;
    default:
      return style.dim;
  }
}
