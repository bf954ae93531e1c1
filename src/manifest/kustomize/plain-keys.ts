import { YamlError } from "../yaml-error.ts";
import { resourceDialect } from "./dialect.ts";
import { refuse } from "./not-buildable.ts";
import type { Traced } from "./traced.ts";

/**
 * Ends the build for a key that kustomize writes and that is no text where no quotes stand around it: it never
 * writes any, and cannot print an object with such a key (kyaml `yaml/fns.go` FieldSetter).
 */
export function demandPlainKey(key: string, at: Traced): void {
  if (!readsAsText(key)) refuse(`kustomize writes the key ${key} without quotes, and then it is no text`, at);
}

function readsAsText(key: string): boolean {
  if (/^[A-Za-z][\w./-]{5,}$/.test(key)) return true;
  try {
    // A date is a text too, but not the one that is written.
    return resourceDialect.plain(key) === key;
  } catch (error) {
    if (error instanceof YamlError) return false;
    throw error;
  }
}
