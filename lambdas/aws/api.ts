import { authenticate } from '../../lib/access/tokens.ts';
import { createAwsHome } from '../../lib/aws/home.ts';
import { ensureDefaultNamespace } from '../../lib/namespace/namespaces.ts';
import { createApiHandler } from '../api/handler.ts';

const home = createAwsHome();

// A fresh installation has the namespace that every client starts in. One conditional write a cold start.
await ensureDefaultNamespace(home);

export const handler = createApiHandler(home, { authenticate: (header) => authenticate(home, header) });
