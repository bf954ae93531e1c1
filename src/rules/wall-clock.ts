const hour = 60 * 60 * 1_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, format);
  return format;
}

/** Whether a name is a time zone of the IANA database, or `UTC`. */
export function isZone(zone: string): boolean {
  try {
    return formatOf(zone).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** What the clocks of a zone show at an instant, written as the instant at which UTC's clocks show the same. */
export function wallTime(instant: number, zone: string): number {
  const shown = Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Readonly<Record<"year" | "month" | "day" | "hour" | "minute" | "second", number>>;
  return Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute, shown.second);
}

/**
 * The instant at which the clocks of a zone show a time. Where they show it twice, because they are put back, `which`
 * decides; where they never do, because they are put forward, it is the moment at which they pass it.
 *
 * @param wall as `wallTime` writes it.
 */
export function instantOf(wall: number, zone: string, which: "first" | "last"): number {
  const offset = (instant: number) => wallTime(instant, zone) - instant;
  // No zone changes its clocks twice within two days.
  const candidates = [wall - offset(wall - 24 * hour), wall - offset(wall + 24 * hour)];
  const shown = candidates.filter((instant) => wallTime(instant, zone) === wall);
  if (shown.length > 0) return which === "first" ? Math.min(...shown) : Math.max(...shown);
  let [before, after] = [Math.min(...candidates), Math.max(...candidates)];
  while (after - before > 1_000) {
    const middle = before + Math.floor((after - before) / 2_000) * 1_000;
    if (wallTime(middle, zone) < wall) before = middle;
    else after = middle;
  }
  return after;
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `Mon 2026-11-23 08:00 Europe/Berlin`. */
export function clockText(instant: number, zone: string): string {
  const wall = new Date(wallTime(instant, zone));
  const [date, time] = wall.toISOString().split("T");
  return `${weekdays[wall.getUTCDay()]} ${date} ${time?.slice(0, 5)} ${zone}`;
}
