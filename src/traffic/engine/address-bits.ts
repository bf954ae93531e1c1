/**
 * An address or CIDR range as a text whose prefixes are the ranges around it: `4` or `6`, then its bits up to the
 * mask. Null when it is neither.
 */
export function addressBits(range: string): string | null {
  const [address = "", mask] = range.split("/");
  const bytes = address.includes(":") ? ipv6Bytes(address) : ipv4Bytes(address);
  if (bytes === null) return null;
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const length = mask === undefined ? bits.length : /^\d{1,3}$/.test(mask) ? Number(mask) : bits.length + 1;
  return length > bits.length ? null : `${bytes.length === 4 ? 4 : 6}${bits.slice(0, length)}`;
}

/** The address that `addressBits` made these bits of; missing bits are zero. */
export function addressOf(bits: string): string {
  const size = bits.startsWith("4") ? 32 : 128;
  const padded = bits.slice(1).padEnd(size, "0");
  const width = size === 32 ? 8 : 16;
  const groups = Array.from({ length: size / width }, (_, i) =>
    Number.parseInt(padded.slice(i * width, (i + 1) * width), 2),
  );
  return size === 32 ? groups.join(".") : groups.map((group) => group.toString(16)).join(":");
}

function ipv4Bytes(address: string): number[] | null {
  const parts = address.split(".");
  const isByte = (part: string) => /^\d{1,3}$/.test(part) && Number(part) < 256;
  return parts.length === 4 && parts.every(isByte) ? parts.map(Number) : null;
}

function ipv6Bytes(address: string): number[] | null {
  const [left = "", right, ...more] = address.split("::");
  if (more.length > 0) return null;
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const [head, tail] = [groups(left), groups(right ?? "")];
  const missing = 8 - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...new Array<string>(missing).fill("0"), ...tail];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
}
