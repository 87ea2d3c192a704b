/** Sizes for people: `512 B`, `1.5 kB`, `4.3 GB`. Decimal, as disks and networks are sold. */
const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export function writeBytes(bytes: number): string {
  const unit = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1).replace(/\.0$/, '')} ${units[unit]}`;
}
