/** What happens to several overlays alike, to be told once. */
import type { Range } from "../manifest/source.ts";
import { isWhole } from "../mesh/scope.ts";
import type { Finding } from "../rules/finding.ts";
import { destinationName } from "../rules/stable.ts";
import type { Change, Leg, Shift } from "../traffic/change.ts";
import { percent } from "../traffic/fraction.ts";

/** One effect, wherever it occurs. */
export interface Told<Item> {
  /** The one that speaks for all. */
  readonly first: Item;
  readonly all: readonly Item[];
  /** The overlays that get it, sorted; none where the repository is applied as a whole. */
  readonly overlays: readonly string[];
}

interface Placed {
  readonly object: string;
  readonly scopes: readonly string[];
}

/** Shifts of the same requests by the same shares, in each overlay's own namespace. */
export function alikeShifts(shifts: readonly Shift[], rollbacks: ReadonlySet<Shift>): Told<Shift>[] {
  const legs = (shift: Shift, side: readonly Leg[]) =>
    side.map(({ destination, share, fails }) => [
      unplaced(destinationName(destination), shift),
      destination.headers,
      percent(share),
      fails,
    ]);
  return toldOnce(shifts, (shift) => [
    nameAnywhere(shift),
    [shift.kind, shift.protocol, shift.class, shift.points, shift.certainty, rollbacks.has(shift)],
    unplaced(shift.gateway, shift),
    legs(shift, shift.before),
    legs(shift, shift.after),
  ]);
}

/** Settings that change alike on the same line. */
export function alikeChanges(changes: readonly Change[]): Told<Change>[] {
  return toldOnce(changes, (change) => {
    const { kind, path, before, after, direction, certainty, range } = change;
    const values = [path, before ?? "", after ?? ""].map((text) => unplaced(text, change));
    return [kind, ...values, before === null, after === null, direction, certainty, range.file, range.line];
  });
}

/** Findings that say the same of the same place. */
export function alikeFindings(findings: readonly Finding[]): Told<Finding>[] {
  return toldOnce(findings, (finding) => {
    const { state, limit, enforced } = finding;
    return [...saying(finding), state, enforced, limit];
  });
}

/** What is said of an object, and where it stands. */
export interface Said extends Placed {
  readonly rule: string;
  readonly severity: string;
  readonly certainty: string;
  readonly message: string;
  readonly fix: string | null;
  readonly range: Range;
}

/** The same of anything else that is said of objects. */
export function alikeSayings<Item extends Said>(sayings: readonly Item[]): Told<Item>[] {
  return toldOnce(sayings, saying);
}

function saying(said: Said): unknown[] {
  const { rule, severity, certainty, range } = said;
  const words = [said.message, said.fix ?? ""].map((text) => unplaced(text, said));
  return [rule, severity, certainty, range.file, range.line, range.column, ...words];
}

/** What is said of a finding, and through which overlays where its line stands outside of them. */
export function toldMessage({ first, overlays }: Pick<Told<Said>, "first" | "overlays">): string {
  const isElsewhere = first.range.through !== undefined || overlays.length > 1;
  return isElsewhere && overlays.length > 0 ? `${first.message}, through ${someOf(overlays)}` : first.message;
}

/** The same where there is little room. */
export function toldTitle(told: Told<Finding>): string {
  const { length } = told.overlays;
  return length > 1 ? `${told.first.message}, through ${length} overlays` : toldMessage(told);
}

/** The same for a finding that stands for itself. */
export function messageOf(finding: Finding): string {
  return toldMessage({ first: finding, overlays: overlaysOf([finding]) });
}

/** The objects that an effect is told of, as a title has room for them. */
export function toldObjects({ all }: Told<Placed>): string {
  return someOf([...new Set(all.map(({ object }) => object))], 1);
}

/** A list for people: all of it, or as much as anybody reads. */
export function someOf(names: readonly string[], most = 3): string {
  const shown = names.length <= most + 1 ? [...names] : names.slice(0, most);
  const rest = names.length - shown.length;
  const last = rest > 0 ? `${rest} more` : shown.pop();
  return shown.length === 0 ? `${last}` : `${shown.join(", ")} and ${last}`;
}

/** Every overlay that some effects occur in. */
export function overlaysOf(items: readonly Placed[]): string[] {
  const scopes = new Set(items.flatMap((item) => item.scopes));
  return [...scopes].filter((scope) => !isWhole(scope)).sort();
}

function toldOnce<Item extends Placed>(
  items: readonly Item[],
  effectOf: (item: Item) => unknown,
): Told<Item>[] {
  const groups = Map.groupBy(items, (item) =>
    item.scopes.every(isWhole) ? item : JSON.stringify(effectOf(item)),
  );
  return [...groups.values()].map((all) => ({ first: all[0]!, all, overlays: overlaysOf(all) }));
}

/** The line that names the route, where overlays share it; the object's name where each has its own. */
function nameAnywhere(shift: Shift): unknown {
  const range = shift.head?.range ?? shift.base?.range;
  const [kind, , name] = shift.object.split("/");
  return range?.through === undefined ? [kind, name] : [range.file, range.line];
}

/** A text with the object's own namespace taken out. */
function unplaced(text: string, { object }: Placed): string {
  const [, namespace = ""] = object.split("/");
  return namespace === ""
    ? text
    : text
        .split(/([\w-]+)/)
        .map((word) => (word === namespace ? "·" : word))
        .join("");
}
