/** Whether a text is an IPv4 or IPv6 address, the latter with or without a zone (Go `netip.ParseAddr`). */
export function isIpAddress(text: string): boolean {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === ".") return isIpv4(text);
  return first === ":" && isIpv6WithZone(text);
}

/** Whether a text is an address with a prefix length, such as `10.0.0.0/8`; host bits may be set (Go `netip.ParsePrefix`). */
export function isCidrBlock(text: string): boolean {
  const slash = text.lastIndexOf("/");
  const address = text.slice(0, slash);
  if (slash < 0 || address.includes("%") || !isIpAddress(address)) return false;
  const bits = text.slice(slash + 1);
  return /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= (address.includes(":") ? 128 : 32);
}

/** Host and port of `host:port` or `[host]:port`; null when the text has another form (Go `net.SplitHostPort`). */
export function splitHostPort(text: string): { host: string; port: string } | null {
  const match = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(text) ?? /^([^:[\]]*):([^:[\]]*)$/.exec(text);
  return match && { host: match[1]!, port: match[2]! };
}

function isIpv4(text: string): boolean {
  const fields = text.split(".");
  return (
    fields.length === 4 && fields.every((field) => /^(?:0|[1-9]\d{0,2})$/.test(field) && Number(field) <= 255)
  );
}

function isIpv6WithZone(text: string): boolean {
  const percent = text.indexOf("%");
  return percent < 0 ? isIpv6(text) : percent < text.length - 1 && isIpv6(text.slice(0, percent));
}

function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const fields = groups.flat();
  const dotted = fields.at(-1)?.includes(".") ?? false;
  // An embedded IPv4 address ends the text and takes the room of two groups.
  if (dotted && (groups.at(-1)!.length === 0 || !isIpv4(fields.at(-1)!))) return false;
  const hexadecimal = dotted ? fields.slice(0, -1) : fields;
  if (!hexadecimal.every((field) => /^[0-9a-fA-F]{1,4}$/.test(field))) return false;
  const size = hexadecimal.length + (dotted ? 2 : 0);
  return halves.length === 2 ? size < 8 : size === 8;
}
