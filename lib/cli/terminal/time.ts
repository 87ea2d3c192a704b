/** Times and durations for people. */

/** `830ms`, `4.2s`, `3m 05s`, `2h 07m`, `3d 04h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const two = (n: number) => String(n).padStart(2, '0');
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)}d ${two(hours % 24)}h`;
}

/** How long it took, or takes so far; nothing before it has started. */
export const took = (started: number, ended: number, now: number): string =>
  started === 0 ? '' : duration((ended || now) - started);

/** `12s ago`; with `detail` the exact time. Nothing for 0 (not yet). */
export function when(time: number, now: number, detail: boolean): string {
  if (time === 0) return '';
  if (detail) return new Date(time).toISOString();
  const ago = now - time;
  if (ago < 5000) return 'just now';
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
  ];
  const [size, unit] = units.find(([size]) => ago >= size) ?? [1000, 's'];
  return `${Math.floor(ago / size)}${unit} ago`;
}
