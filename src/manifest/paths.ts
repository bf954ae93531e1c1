/** The largest file that is read: bundles of custom resource definitions in public repositories pass 2 MiB. */
export const maxManifestBytes = 5 << 20;

const manifestName = /\.(?:ya?ml|json)$|(?:^|\/)Kustomization$/i;
/** Languages that produce manifests: such a file can never be read as it is, only mentioned. */
const templateName = /\.(?:tpl|tmpl|gotmpl|j2|jinja2?|jsonnet|libsonnet|cue|ya?ml\.(?:tpl|erb|tmpl))$/i;

/** Where the cases beside a policy lie: manifests that nobody applies. */
export const casesPath = ".github/sluice-tests";

/** Whether a file of this name may hold manifests, or a template of them, and is worth reading. */
export function isManifestPath(path: string): boolean {
  return (manifestName.test(path) || templateName.test(path)) && !path.startsWith(`${casesPath}/`);
}

/** Whether a file of this name is the source of a renderer, whatever its text. */
export function isTemplatePath(path: string): boolean {
  return templateName.test(path);
}
