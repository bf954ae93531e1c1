/** Images and replicas: api `filters/imagetag`, `internal/image/image.go`, `filters/replicacount`. */
import { isObject } from "../json.ts";
import { changeFields, type FieldSpec, setScalar } from "./field-spec.ts";
import { isSelected } from "./identity.ts";
import { refuse } from "./not-buildable.ts";
import { formerIdentities, identityOf, kindOf, type Resource, withBody } from "./resource.ts";
import { regexMatch } from "./selector.ts";
import { over } from "./sharing.ts";
import { inQuotesOf, textOf } from "./spelling.ts";
import { computed, field, fields, items, type Traced, withField, withItems } from "./traced.ts";

export interface Image {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
  readonly tagSuffix: string;
  readonly digest: string;
}

/** Renames and retags an image wherever containers use it. `at` is where the kustomization asks for it. */
export function changeImage(
  resources: readonly Resource[],
  image: Image,
  at: Traced,
  specs: readonly FieldSpec[],
): Resource[] {
  const isMeant = imageMatch(image.name, at);
  const set = setScalar((found) => renamed(found, image, isMeant, at));
  return resources.map((resource) => {
    if (kindOf(resource) === "CustomResourceDefinition") return resource;
    const body = changeFields(inContainerLists(resource.body, set), specs, { at, set });
    return withBody(resource, body);
  });
}

const tagAndDigest = "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?";

/** Kustomize takes the name of an image for a regular expression. Most names mean the same to every engine. */
function imageMatch(name: string, at: Traced): (image: string) => boolean {
  const pattern = `^${name}${tagAndDigest}$`;
  if (!/^[\w./:-]*$/.test(name)) return regexMatch(pattern, at);
  const expression = new RegExp(pattern);
  return (image) => expression.test(image);
}

/** Kustomize looks into every list called `containers`, of whatever kind. */
function inContainerLists(at: Traced, set: (found: Traced) => Traced): Traced {
  if (!mayHoldContainers(at.value)) return at;
  if (Array.isArray(at.value))
    return withItems(
      at,
      items(at).map((item) => inContainerLists(item, set)),
    );
  return fields(at).reduce((changed, [key, child]) => {
    const inside = inContainerLists(child, set);
    const isList = (key === "containers" || key === "initContainers") && Array.isArray(inside.value);
    const next = isList
      ? withItems(
          inside,
          items(inside).map((item) => withImage(item, set)),
        )
      : inside;
    return next === child ? changed : withField(changed, key, next);
  }, at);
}

function withImage(container: Traced, set: (found: Traced) => Traced): Traced {
  const image = field(container, "image");
  return image === undefined ? container : withField(container, "image", set(image));
}

function mayHoldContainers(value: Traced["value"]): boolean {
  if (Array.isArray(value)) return value.some(mayHoldContainers);
  if (!isObject(value)) return false;
  return "containers" in value || "initContainers" in value || Object.values(value).some(mayHoldContainers);
}

function renamed(found: Traced, image: Image, isMeant: (image: string) => boolean, at: Traced): Traced {
  const text = textOf(found);
  if (!isMeant(text)) return found;
  const { name, tag, digest } = splitImage(text);
  const { newName, newTag, tagSuffix } = image;
  const [nextTag, nextDigest] =
    newTag !== "" || image.digest !== ""
      ? [newTag, image.digest]
      : tagSuffix !== ""
        ? [tag + tagSuffix, ""]
        : [tag, digest];
  const written = [newName || name, nextTag && `:${nextTag}`, nextDigest && `@${nextDigest}`].join("");
  return over(found, computed(written, at));
}

function splitImage(image: string): { name: string; tag: string; digest: string } {
  const slash = Math.max(image.indexOf("/"), 0);
  const at = image.indexOf("@", slash);
  const colon = image.indexOf(":", slash);
  if (at >= 0 && (at < colon || colon < 0))
    return { name: image.slice(0, at), tag: "", digest: image.slice(at + 1) };
  if (colon < 0) return { name: image, tag: "", digest: "" };
  const end = at < 0 ? image.length : at;
  return { name: image.slice(0, colon), tag: image.slice(colon + 1, end), digest: image.slice(end + 1) };
}

/** Sets how often a workload of a name runs. */
export function changeReplicas(
  resources: readonly Resource[],
  name: string,
  count: Traced,
  specs: readonly FieldSpec[],
  mayBeElsewhere: boolean,
): Resource[] {
  const meant = (resource: Resource) => {
    const identities = [...formerIdentities(resource), identityOf(resource)].filter(
      (identity) => identity.name === name,
    );
    return specs.filter((spec) => identities.some((identity) => isSelected(identity, spec)));
  };
  const found = resources.some((resource) => meant(resource).length > 0);
  const changed = resources.map((resource) => {
    const body = changeFields(resource.body, meant(resource), {
      create: "scalar",
      at: count,
      set: setScalar((present) => inQuotesOf(present, count, resource.rewritten)),
    });
    return withBody(resource, body);
  });
  if (!found && !mayBeElsewhere) refuse(`there is no workload ${name} whose replicas could be set`, count);
  return changed;
}
