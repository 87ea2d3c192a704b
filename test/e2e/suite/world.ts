/** What each part of the suite is given. */
import type { Installation, Kind } from '../installation.ts';
import type { User } from '../user.ts';

export type World = Omit<Kind, 'start'> & {
  /** Only within a test: the installation is started before the first. */
  readonly user: () => User;
  readonly living: Installation['living'];
};
