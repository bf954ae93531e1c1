import type { Path } from "../../../manifest/source.ts";
import { quote } from "../schema/wording.ts";
import { error, type Issues } from "./issue.ts";

const label = /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const wildcardLabel = /^(?:\*|(?:\*-?)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)$/;
const longestLabel = 63;
const longestName = 255;

/** A DNS label as Istio knows it, capital letters included (pkg/config/labels/instance.go `IsDNS1123Label`). */
export function isDnsLabel(text: string): boolean {
  return text.length <= longestLabel && label.test(text);
}

/** A first label that may be, or begin with, a wildcard: `*`, `*foo`, `*-foo` (`IsWildcardDNS1123Label`). */
function isWildcardLabel(text: string): boolean {
  return text.length <= longestLabel && wildcardLabel.test(text);
}

/** Why a text is no host name without wildcard; null when it is one (agent/validation.go `ValidateFQDN`). */
export function flawOfName(name: string): string | null {
  return flawOfLength(name) ?? flawOfLabels(name);
}

/** Why a text is no host name, where the first label may be a wildcard; null when it is one (`ValidateWildcardDomain`). */
export function flawOfWildcardName(name: string): string | null {
  const tooLong = flawOfLength(name);
  if (tooLong !== null) return tooLong;
  const dot = name.indexOf(".");
  const first = dot < 0 ? name : name.slice(0, dot);
  if (!isWildcardLabel(first)) return flawOfLabel(first);
  return dot < 0 ? null : flawOfLabels(name.slice(dot + 1));
}

function flawOfLength(name: string): string | null {
  if (name === "") return "it is empty";
  return new TextEncoder().encode(name).length > longestName
    ? `it is longer than ${longestName} bytes`
    : null;
}

function flawOfLabels(name: string): string | null {
  const labels = name.split(".");
  const last = labels.at(-1)!;
  if (isInteger(last)) return `its last part ${quote(last)} is a number`;
  // One dot at the end is how absolute names are written.
  const checked = last === "" ? labels.slice(0, -1) : labels;
  const wrong = checked.find((part) => !isDnsLabel(part));
  return wrong === undefined ? null : flawOfLabel(wrong);
}

function flawOfLabel(part: string): string {
  if (part === "") return "it has an empty part between its dots";
  if (part.length > longestLabel)
    return `its part ${quote(part.slice(0, 20))}… has more than ${longestLabel} characters`;
  if (part.includes("*")) return "a wildcard may stand at the beginning only";
  return `its part ${quote(part)} may hold letters, digits and inner "-" only`;
}

/** Whether Go's `strconv.Atoi` reads the text: signs count, numbers beyond 64 bits do not. */
function isInteger(text: string): boolean {
  if (!/^[+-]?\d+$/.test(text)) return false;
  const value = BigInt(text.replace("+", ""));
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

/** A host that may begin with a wildcard. */
export function* wildcardHost(host: string, path: Path): Issues {
  const flaw = flawOfWildcardName(host);
  if (flaw !== null) yield error("invalid-host", path, `${quote(host)} is not a host name: ${flaw}`);
}

/** The name of a subset, which becomes part of Envoy's cluster names. */
export function* subsetName(name: string, path: Path): Issues {
  if (name === "") yield error("required", path, "a subset needs a name", "add `name`");
  else if (!isDnsLabel(name)) {
    yield error(
      "invalid-name",
      path,
      `${quote(name)} is not a subset name: these have at most 63 letters, digits and inner "-"`,
    );
  }
}

const qualifiedName = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelPrefix =
  /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*$/;

/** Label keys and values by Kubernetes' rules (pkg/config/labels/instance.go `Validate`). */
export function* labelMap(labels: Readonly<Record<string, string>> | undefined, path: Path): Issues {
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (!isLabelKey(key)) yield error("invalid-label", [...path, key], `${quote(key)} is not a label key`);
    if (value !== "" && !qualifiedName.test(value)) {
      yield error("invalid-label", [...path, key], `${quote(value)} is not a label value`);
    }
  }
}

function isLabelKey(key: string): boolean {
  const slash = key.indexOf("/");
  const name = key.slice(slash + 1);
  if (name.length > longestLabel || !qualifiedName.test(name)) return false;
  if (slash < 0) return true;
  const prefix = key.slice(0, slash);
  return prefix.length <= 253 && labelPrefix.test(prefix);
}
