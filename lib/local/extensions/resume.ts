/** Extensions across the server's own life. */
import { findExtension, listExtensions } from '../../extension/extensions.ts';
import { disable, finishUninstall } from '../../extension/install.ts';
import { launchExtension } from '../../extension/launch.ts';
import type { Home } from '../../home.ts';
import type { ExtensionItem } from '../../store/items/extension.ts';
import type { LocalExtensionHost } from './host.ts';

/**
 * After a start: whatever an earlier server left is stopped, since nobody knows its bearer any more, and every enabled
 * extension is started with its subscriptions; one that was being uninstalled is gone then. Returns when all have been
 * tried; one that fails is tried again and again.
 */
export async function resumeExtensions(
  home: Home & { readonly extensions: LocalExtensionHost },
  onError: (extension: ExtensionItem, error: unknown) => void,
): Promise<void> {
  const extensions = await listExtensions(home);
  if (extensions.length === 0) return;
  const host = home.extensions;
  await host.clear();
  const resume = async (extension: ExtensionItem) => {
    try {
      await host.inTurn(extension.id, async () => {
        // Somebody may have switched it off or uninstalled it since.
        const now = await findExtension(home, extension.id);
        if (now?.uninstalled !== undefined) await finishUninstall(home, now);
        else if (now?.status === 'enabled') await launchExtension(home, now);
        else if (now?.stopping) await disable(home, now);
      });
    } catch (error) {
      onError(extension, error);
    }
  };
  const concerned = extensions.filter(
    ({ status, uninstalled, stopping }) => status === 'enabled' || uninstalled !== undefined || stopping,
  );
  await Promise.all(concerned.map(resume));
}
