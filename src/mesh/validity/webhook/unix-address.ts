import type { Path } from "../../../manifest/source.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issues } from "./issue.ts";

/** How the address of a Unix socket begins. */
export const unixPrefix = "unix://";

/** A Unix socket, without its `unix://`: an absolute path, or an abstract name after `@` (validation.go `ValidateUnixAddress`). */
export function* unixAddress(address: string, path: Path): Issues {
  if (address.startsWith("@") || (address.startsWith("/") && !address.endsWith("/"))) return;
  const message = `${quote(unixPrefix + address)} is not a Unix socket`;
  yield error("invalid-address", path, message, "write `unix:///path/to/socket` or `unix://@name`");
}
