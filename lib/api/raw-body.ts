/** Requests whose body is handed on as it comes: an edge has to know them before it reads one. */
import type { Operation } from './operation.ts';
import { operations } from './operations.ts';

const patternOf = ({ path }: Operation) => new RegExp(`/?${path.slice(1).replace(/\{\w+\}/g, '[^/]+')}/?$`);

const patterns = operations.filter(({ raw }) => raw === 'body').map(patternOf);

/** `path` without its query. */
export const hasRawBody = (method: string | undefined, path: string): boolean =>
  method === 'POST' && patterns.some((pattern) => pattern.test(path));
