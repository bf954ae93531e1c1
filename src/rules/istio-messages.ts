/** How bad a finding is in the words of `istioctl analyze`. */
export type Level = "error" | "warning" | "info";

/** The messages of `istioctl analyze` that Sluice can decide from Git (pkg/config/analysis/msg/messages.yaml). */
export const istioLevels = {
  IST0002: "warning",
  IST0101: "error",
  IST0106: "error",
  IST0109: "error",
  IST0110: "error",
  IST0111: "error",
  IST0112: "error",
  IST0128: "warning",
  IST0129: "warning",
  IST0130: "warning",
  IST0131: "info",
  IST0132: "warning",
  IST0133: "warning",
  IST0134: "warning",
  IST0138: "warning",
  IST0140: "warning",
  IST0145: "error",
  IST0149: "error",
  IST0161: "error",
  IST0162: "warning",
  IST0165: "warning",
  IST0167: "warning",
  IST0171: "warning",
  IST0173: "error",
  IST0174: "warning",
  IST0177: "warning",
} as const satisfies Readonly<Record<string, Level>>;

export type IstioCode = keyof typeof istioLevels;
