/** Larger files are not manifests that people write; they are named instead of read. */
export const maxManifestBytes = 5 * 1024 * 1024;

/** Endings of files that hold manifests, or templates of manifests. */
const manifestEnding = /\.(ya?ml|json|ya?ml\.(tpl|tmpl|gotmpl|j2|erb)|tpl|gotmpl|jsonnet|libsonnet)$/i;
const neverManifest =
  /(^|\/)(node_modules\/|package(-lock)?\.json$|tsconfig[^/]*\.json$|composer\.(json|lock)$)/;

/** Whether a path may hold manifests, judged by its name alone. */
export function isManifestPath(path: string): boolean {
  return manifestEnding.test(path) && !neverManifest.test(path);
}
