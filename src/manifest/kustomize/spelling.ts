/** How scalars are spelled, where kustomize goes by that: it merges nodes of YAML, not values. */
import type { Json } from "../source.ts";
import { computed, placesOf, type Traced, valueAt, withValueAt } from "./traced.ts";
import { floatText, stringText } from "./yaml-scalar.ts";

/** Whether a null stands there as a word. `key:` with nothing behind it is one that nobody wrote. */
export function isWrittenNull({ origin }: Traced): boolean {
  if ("frame" in origin || origin.computed) return true;
  return origin.document.spelling?.(origin.path).plain !== "";
}

/**
 * Whether quotes stand around a scalar: those of the place that it was written over, if there was one. `isRewritten`
 * tells that quotes stand only where the text would read as something else without.
 */
export function isQuoted(of: Traced, isRewritten: boolean): boolean {
  if (typeof of.value !== "string" || "frame" in of.origin) return false;
  if (of.origin.quotedAs !== undefined) return isQuoted(of.origin.quotedAs, isRewritten);
  const { document, path, computed: worked } = of.origin;
  // Kustomize sees to quotes as it sets a text, but leaves those of an empty one to the printer.
  if (worked && !isRewritten && of.value === "") return false;
  if (isRewritten || worked) return /^["'|]/.test(stringText(of.value, 0, 0, true));
  return document.spelling?.(path).isQuoted ?? false;
}

/** A scalar as the text that stands there: `1.10` for a number, `~` for a null, and nothing for a list or a mapping. */
export function textOf(of: Traced | undefined): string {
  if (of === undefined || isCollection(of.value)) return "";
  const { value, origin } = of;
  if (typeof value === "string" && !instant.test(value)) return value;
  if ("frame" in origin || origin.computed) return String(value);
  if (value === null && !isWrittenNull(of)) return "";
  if (origin.respelled) return typeof value === "number" ? floatText(value) : String(value);
  const spelling = origin.document.spelling?.(origin.path);
  return spelling === undefined || spelling.isQuoted ? String(value) : spelling.plain;
}

/** A scalar as a text that kustomize writes anew, in quotes only where it would read as something else without. */
export function asText(of: Traced): Traced {
  const value = textOf(of);
  if ("frame" in of.origin) return { value, origin: of.origin };
  return { value, origin: { ...of.origin, shared: undefined, quotedAs: computed(value, of) } };
}

/**
 * An object behind a patch, with quotes around the texts that need them and that the patch has passed by. Kustomize looks at
 * those again, but not at what the patch has just written over a scalar without quotes.
 */
export function passedBy(before: Traced, after: Traced): Traced {
  return [...placesOf(after)].reduce((changed, { path, origin }) => {
    if ("frame" in origin || origin.quotedAs === undefined) return changed;
    if (valueAt(before, path)?.origin !== origin) return changed;
    const text = valueAt(after, path)!;
    const anew = computed(text.value, text);
    if (!isQuoted(anew, false)) return changed;
    return withValueAt(changed, path, { ...text, origin: { ...origin, quotedAs: anew } });
  }, after);
}

/** What a date reads as that stands without quotes. */
const instant = /^\d{4}-\d\d-\d\dT/;

function isCollection(value: Json): boolean {
  return value !== null && typeof value === "object";
}

/** What takes the place of a scalar: the quotes of that stay, and make a text of it. */
export function inQuotesOf(found: Traced, value: Traced, isRewritten: boolean): Traced {
  if (typeof value.value === "string" || isCollection(value.value) || !isQuoted(found, isRewritten))
    return value;
  return { ...value, value: textOf(value) };
}
