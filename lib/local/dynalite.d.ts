declare module 'dynalite' {
  import type { Server } from 'node:http';
  export type DynaliteServer = Server;
  /** A server of the DynamoDB protocol; `path` is its LevelDB folder, without it all is in memory. */
  export default function dynalite(options?: { path?: string; createTableMs?: number }): DynaliteServer;
}
