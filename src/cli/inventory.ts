import { lstat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { InventoryState } from "../inventory.ts";
import type { EffectivePolicy } from "../policy/effective.ts";
import { UsageError } from "./command.ts";
import { folderState } from "./states.ts";

/** The option of commands that take other repositories' folders: `--inventory [OWNER/NAME=]FOLDER`. */
export const inventoryOption = {
  inventory: { type: "string", multiple: true, default: [] as string[] },
} as const;

/** What the usage of such a command says of it. */
export const inventoryUsage =
  "--inventory names a checkout of a repository that completes the mesh, as policy's inventory does.";

/** The repositories that a command line names, each as its folder is now. */
export function readInventories(
  named: readonly string[],
  folder: string,
  policy: Pick<EffectivePolicy, "inventory">,
): Promise<InventoryState[]> {
  return Promise.all(
    named.map(async (given) => {
      const [, repository, path = ""] = /^(?:([\w.-]+\/[\w.-]+)=)?(.*)$/s.exec(given) ?? [];
      const at = resolve(folder, path);
      const isFolder = await lstat(at).then(
        (entry) => entry.isDirectory(),
        () => false,
      );
      if (!isFolder) throw new UsageError(`--inventory: ${path} is no folder`);
      const { files, unreadable } = await folderState(at);
      const unread = new Set(unreadable.map(({ file }) => file));
      return { repository: repository ?? nameOf(at, policy), commit: null, files, unread };
    }),
  );
}

/** The repository of policy's that a folder is called after; else the folder's own name. */
function nameOf(path: string, { inventory }: Pick<EffectivePolicy, "inventory">): string {
  const name = basename(path);
  return inventory.find(({ repository }) => repository.endsWith(`/${name}`))?.repository ?? name;
}
