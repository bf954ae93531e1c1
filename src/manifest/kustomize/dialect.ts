import type { Dialect } from "../node.ts";
import { plainScalar } from "../scalar.ts";
import { YamlError } from "../yaml-error.ts";

/** Words that YAML 1.1 reads as booleans and `goyaml.v3`, which kustomize uses for resources, as text. */
const textOfItsOwn = /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;
const date = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]|$)/;
const timestamp =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:([Tt])(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?(Z|[-+]\d\d:\d\d))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?))?$/;

/**
 * How kustomize reads resources and strategic merge patches: `goyaml.v3` to nodes, then carried through JSON
 * (kyaml `yaml/rnode.go` MarshalJSON). Kustomization files themselves are read as Kubernetes reads.
 */
export const resourceDialect: Dialect = {
  plain(text) {
    if (textOfItsOwn.test(text)) return text;
    return (date.test(text) ? instant(text) : null) ?? plainScalar(text);
  },
  key(value) {
    if (typeof value === "string") return value;
    throw new YamlError("invalid-key", `${value} is a key that is not text, which kustomize cannot write`, {
      fix: "Quote the key.",
    });
  },
  folded: writtenAndReadAgain,
  ownKeysHold: true,
};

/**
 * What a folded text is once kustomize has written it in the same style and read it again: `goyaml.v3` (emitterc.go
 * yaml_emitter_write_folded_scalar) doubles the line breaks before indented lines, where reading does not fold them.
 */
function writtenAndReadAgain(text: string): string {
  if (/ (?:\n|$)|[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(text)) return text;
  const beginsIndented = /^\n*(?: |$)/.test(text);
  return text.replace(
    /(^|\n)([^\n]+)(\n+)(?=([^\n]?))/g,
    (_, before: string, line: string, breaks: string, next: string) => {
      const afterIndented = line.startsWith(" ");
      const added = afterIndented || beginsIndented ? "" : "\n";
      const read =
        next === ""
          ? breaks.length > 1
            ? breaks + added
            : breaks
          : folds(afterIndented || next === " ", breaks + added);
      return before + line + read;
    },
  );
}

/** Line breaks between two lines as reading folds them; beside an indented line it does not. */
function folds(besideIndented: boolean, breaks: string): string {
  if (besideIndented) return breaks;
  return breaks.length === 1 ? " " : breaks.slice(1);
}

/** A timestamp as Go writes it into JSON (RFC 3339 with as many fractional digits as count); null for what is none. */
function instant(text: string): string | null {
  const match = timestamp.exec(text);
  if (match === null) return null;
  const [year, month, day] = [match[1], match[2], match[3]].map(Number) as [number, number, number];
  const [hour, minute, second] = [5, 6, 7].map((group) => Number(match[group] ?? match[group + 5] ?? 0));
  const isDay =
    month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (!isDay || hour! > 23 || minute! > 59 || second! > 59) return null;
  const fraction = (match[8] ?? match[13] ?? "").slice(0, 10).replace(/\.?0+$/, "");
  const two = (part: number | undefined) => String(part).padStart(2, "0");
  const zone = match[9] === undefined || /^[-+]00:00$/.test(match[9]) ? "Z" : match[9];
  return `${match[1]}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${fraction}${zone}`;
}
