import type { Problem } from "../manifest/source.ts";
import { withDefaults } from "./defaults.ts";
import { takenBack } from "./delegation.ts";
import { type Lowered, lowered, type Refusal } from "./lower-layer.ts";
import { pack } from "./packs.ts";
import type { PolicyLayer } from "./read.ts";
import type { PolicyDocument } from "./schema.ts";
import { isNamed, type Subject } from "./subject.ts";
import { combined, linesOf, overwritten, settingsOf, type Values } from "./values.ts";

type Condition = NonNullable<PolicyDocument["overlays"]>[number]["when"];

/** What is in force in certain environments, and how it came about. */
interface Layered extends Lowered {
  /** What the layer in charge says, before the one below it speaks. */
  readonly standing: Values;
  /** What the layer below says, in force or not. */
  readonly said: Values;
}

/** How both layers speak in each set of environments. Without any layer, the pack `recommended` stands. */
export function layering(owner: PolicyLayer | null, lower: PolicyLayer | null, subject: Subject) {
  const inCharge = owner ?? pack("recommended@1");
  return (environments: readonly string[]): Layered => {
    const standing = withDefaults(within(inCharge, ["recommended@1"], environments, subject));
    if (!lower) return { standing, said: new Map(), values: standing, refused: [] };
    const said = within(lower, [], environments, subject);
    return { standing, said, ...lowered(standing, said, lower) };
  };
}

/** What a repository says to no effect: everywhere, and by its overlays in one environment or another. */
export function refusedSettings(
  layered: (environments: readonly string[]) => Layered,
  environments: readonly string[],
): Problem[] {
  const everywhere = layered([]);
  // Where an environment's own limits are stricter, what is said for everywhere is not wrong.
  const isPlain = ({ said }: Refusal) => everywhere.said.get(said.path.join("."))?.source === said.source;
  const inOverlays = environments.flatMap((environment) =>
    layered([environment]).refused.filter((refusal) => !isPlain(refusal)),
  );
  const refused = [...everywhere.refused, ...inOverlays].map(({ problem }) => problem);
  return [...new Map(refused.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/** The settings of one file in these environments: its packs, itself, and all overlays that apply, the strictest of them. */
function within(
  layer: PolicyLayer,
  packsOtherwise: readonly string[],
  environments: readonly string[],
  subject: Subject,
): Values {
  const packs = (layer.document.extends ?? packsOtherwise).map(pack);
  const plain = [...packs, layer].map(plainSettings).reduce(overwritten);
  const overlays = overlaySettings(layer).filter(({ when }) => applies(when, environments, subject));
  if (overlays.length === 0) return plain;
  return overwritten(plain, overlays.map(({ settings }) => settings).reduce(combined));
}

const plainSettings = oncePerLayer((layer) => settingsOf(layer.document, linesOf(layer)));
const overlaySettings = oncePerLayer((layer) =>
  (layer.document.overlays ?? []).map((overlay, index) => ({
    when: overlay.when,
    settings: takenBack(settingsOf(overlay, linesOf(layer, ["overlays", index]))),
  })),
);

/** A layer says the same in every environment that it is asked about; to find the lines takes time. */
function oncePerLayer<Result>(compute: (layer: PolicyLayer) => Result): (layer: PolicyLayer) => Result {
  const known = new WeakMap<PolicyLayer, Result>();
  return (layer) => {
    const result = known.get(layer) ?? compute(layer);
    known.set(layer, result);
    return result;
  };
}

function applies(when: Condition, environments: readonly string[], { repository, branch }: Subject): boolean {
  const { environment } = when;
  return (
    (environment === undefined || [environment].flat().some((name) => environments.includes(name))) &&
    isNamed(when.repository, repository) &&
    isNamed(when.branch, branch)
  );
}
