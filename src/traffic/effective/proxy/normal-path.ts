/**
 * A path as route matchers see it. Proxies of Istio normalise it first (`pathNormalization: BASE`, the default): unreserved
 * characters are decoded, backslashes are slashes, and dot segments are resolved (RFC 3986, 5.2.4 and 6.2.2). Double
 * slashes and `%2F` stay; so does what follows `?` or `#`.
 */
export function normalPath(target: string): string {
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  // Nearly every path is normal.
  if (!/[%\\]|\/\.{1,2}(\/|$)/.test(path)) return target;
  return withoutDotSegments(decodedPath(path)) + target.slice(path.length);
}

function decodedPath(path: string): string {
  return path
    .replaceAll(/%([0-9a-f]{2})/gi, (written, digits: string) => {
      const character = String.fromCharCode(Number.parseInt(digits, 16));
      return /[A-Za-z0-9\-._~]/.test(character) ? character : written;
    })
    .replaceAll("\\", "/");
}

function withoutDotSegments(path: string): string {
  const [root, ...segments] = path.split("/");
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isDots = segment === "." || segment === "..";
    if (segment === "..") kept.pop();
    if (!isDots) kept.push(segment);
    else if (index === segments.length - 1) kept.push("");
  }
  return [root, ...kept].join("/");
}
