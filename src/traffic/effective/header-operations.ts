import type { HeaderOperations, Headers } from "../../mesh/istio.ts";
import { canonicalJson } from "./canonical.ts";

/** Header operations as they reach Envoy. */
export interface TranslatedHeaders {
  /** Canonical text; empty where there are none. */
  readonly text: string;
  /** Setting `:authority` or `host` of the request is a rewrite of the authority, not a header operation. */
  readonly authority: string | null;
}

const none: TranslatedHeaders = { text: "", authority: null };

const isAuthority = (name: string): boolean => ["host", ":authority"].includes(name.toLowerCase());
const isInternal = (name: string): boolean => name.startsWith(":") || isAuthority(name);

/** route.go `TranslateHeadersOperations`: pseudo headers are not touched, `set` of an authority goes before `add`. */
export function translateHeaders(headers: Headers | null | undefined): TranslatedHeaders {
  if (!headers) return none;
  const operations = { request: outward(headers.request), response: outward(headers.response) };
  const empty = !operations.request && !operations.response;
  return {
    text: empty ? "" : canonicalJson(operations),
    authority: authorityOf(headers.request?.set) ?? authorityOf(headers.request?.add),
  };
}

function outward(operations: HeaderOperations | undefined): HeaderOperations | undefined {
  const kept = (headers: Readonly<Record<string, string>> | undefined) =>
    Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => !isInternal(name)));
  const set = kept(operations?.set);
  const add = kept(operations?.add);
  const remove = (operations?.remove ?? []).filter((name) => !isInternal(name)).sort();
  const parts = {
    ...(Object.keys(set).length > 0 && { set }),
    ...(Object.keys(add).length > 0 && { add }),
    ...(remove.length > 0 && { remove }),
  };
  return Object.keys(parts).length > 0 ? parts : undefined;
}

function authorityOf(headers: Readonly<Record<string, string>> | undefined): string | null {
  return Object.entries(headers ?? {}).findLast(([name]) => isAuthority(name))?.[1] || null;
}
