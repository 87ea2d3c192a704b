/** Extensions as they are found and listed, and what is known of each now. */
import { GoferError, NotFoundError } from '../errors.ts';
import type { Home } from '../home.ts';
import { didYouMean } from '../pipeline/suggestion.ts';
import { type ExtensionItem, extensionKey, extensionsPartition } from '../store/items/extension.ts';
import { type Page, queryPage } from '../store/page.ts';
import type { ExtensionHost, ExtensionSight } from './host.ts';

/** 501: an installation on AWS may have them switched off. */
export class NoExtensionsError extends GoferError {
  override readonly name = 'NoExtensionsError';
  constructor() {
    const instead =
      'give the pipeline a schedule, or let a rule of EventBridge or a webhook of yours start its runs through the API';
    super(
      501,
      'not_supported',
      `extensions are switched off in this installation: the setting "extensions" of its stack is false; deploy it with true, or ${instead}`,
    );
  }
}

/** Throws a {@link NoExtensionsError} where they are switched off. */
export function hostOf({ extensions }: Pick<Home, 'extensions'>): ExtensionHost {
  if (extensions) return extensions;
  throw new NoExtensionsError();
}

export async function findExtension(home: Pick<Home, 'table'>, id: string): Promise<ExtensionItem | undefined> {
  return (await home.table.get(extensionKey(id))) as ExtensionItem | undefined;
}

export async function getExtension(home: Pick<Home, 'table'>, id: string): Promise<ExtensionItem> {
  const extension = await findExtension(home, id);
  if (extension) return extension;
  const installed = (await listExtensions(home)).map((each) => each.id);
  throw new NotFoundError('extension', id, '', didYouMean(id, installed));
}

/** Ordered by id. */
export async function listExtensions(home: Pick<Home, 'table'>, page: Page = {}): Promise<ExtensionItem[]> {
  return (await queryPage(home.table, extensionsPartition, page)) as ExtensionItem[];
}

/** What is known of it now; one that is not to run has exited. */
export function sightOf(home: Pick<Home, 'extensions'>, extension: ExtensionItem): ExtensionSight {
  const sight = home.extensions?.sight(extension);
  if (sight) return sight;
  const { status } = extension;
  const reason = status === 'disabled' ? 'is disabled' : 'is not started yet';
  return { state: status === 'disabled' ? 'exited' : 'processing', url: '', started: 0, reason };
}

export function extensionView(home: Pick<Home, 'extensions'>, extension: ExtensionItem) {
  const { id, image, settings, additional_roles, status, created, modified, entrypoint, command } = extension;
  const { state, url, started, reason } = sightOf(home, extension);
  return {
    registration: {
      extension_id: id,
      image,
      ...(entrypoint && { entrypoint }),
      ...(command && { command }),
      settings: Object.entries(settings).map(([key, value]) => ({ key, value, source: 'extension' as const })),
      additional_roles,
      status,
      created,
      modified,
    },
    url,
    started,
    state,
    ...(reason && { reason }),
    documentation: extension.documentation ?? { body: '', config_params: [], pipeline_subscription_params: [] },
  };
}
