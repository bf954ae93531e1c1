import * as z from "zod";
import { usesBlock } from "../mesh/client-policies.ts";
import type { DestinationPolicy } from "../mesh/destination-policy.ts";
import { hostsOverlap } from "../mesh/hosts.ts";
import type { ClientTLSSettings } from "../mesh/istio.ts";
import {
  destinationText,
  placeOfSetting,
  type TouchedDestination,
  touchedDestinations,
} from "./destinations.ts";
import type { Violation } from "./finding.ts";
import { type ChangeContext, defineChangeRule } from "./rule.ts";

const weaknesses = ["plaintext", "one-sided", "unverified", "no-authority"] as const;
type Weakness = (typeof weaknesses)[number];

const options = z.strictObject({
  refuse: z
    .array(z.enum(weaknesses))
    .default([...weaknesses])
    .meta({
      tighter: "union",
      description:
        "What a change may not bring: plaintext (no TLS any more), one-sided (no client certificate any more), unverified (`insecureSkipVerify`), no-authority (TLS without `caCertificates`).",
    }),
});
type Options = z.output<typeof options>;

export const tlsDowngrade = defineChangeRule({
  id: "tls-downgrade",
  title: "TLS towards a destination becomes weaker",
  approval: null,
  docs: {
    what: "speaks when the effective TLS of a destination, by subset and port, loses encryption, its client certificate or the verification of the server",
    why: "a certificate that does not fit is quickly made to fit by switching TLS off; from then on anybody on the way can read and answer, and nothing fails that would tell",
    do: "Mend the certificate, the name or the authority instead, and leave the mode as it was.",
    example: {
      base: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    tls: { mode: ISTIO_MUTUAL }
`,
      head: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: prod }
spec:
  host: reviews
  trafficPolicy:
    tls: { mode: DISABLE }
`,
    },
  },
  options,
  *check(context) {
    const { head: mesh, base, touched } = context;
    if (![mesh, base].some((side) => usesBlock(side, "tls"))) return;
    for (const destination of touchedDestinations({ mesh, base, touched })) {
      yield* judge(destination, context);
    }
  },
});

/** TLS as one client has it; without a block Istio encrypts what stays in the mesh, and nothing that leaves it. */
interface Protection {
  readonly policy: DestinationPolicy | null;
  readonly tls: ClientTLSSettings | undefined;
  /** 0 plain text, 1 only the server proves who it is, 2 both do. */
  readonly level: 0 | 1 | 2;
  readonly flaws: ReadonlySet<Weakness>;
}

const levels = { DISABLE: 0, SIMPLE: 1, MUTUAL: 2, ISTIO_MUTUAL: 2 } as const;

function protections(policies: readonly DestinationPolicy[], inMesh: boolean): readonly Protection[] {
  return (policies.length > 0 ? policies : [null]).map((policy) => {
    const tls = policy?.blocks.tls?.value;
    if (!tls) return { policy, tls, level: inMesh ? 2 : 0, flaws: new Set() };
    return { policy, tls, level: levels[tls.mode ?? "DISABLE"], flaws: new Set(flawsOf(tls)) };
  });
}

function flawsOf({
  mode,
  insecureSkipVerify,
  caCertificates,
  credentialName,
}: ClientTLSSettings): Weakness[] {
  if (mode !== "SIMPLE" && mode !== "MUTUAL") return [];
  if (insecureSkipVerify) return ["unverified"];
  return caCertificates || credentialName ? [] : ["no-authority"];
}

/** The weakest client on each side counts: an attacker chooses where to listen. */
function* judge(destination: TouchedDestination, context: ChangeContext<Options>): Generator<Violation> {
  const inMesh = staysInMesh(destination);
  const before = protections(destination.policiesBefore, inMesh);
  const after = protections(destination.policies, inMesh);
  const [was, is] = [weakest(before), weakest(after)];
  const dropped = is.level < was.level;
  if (dropped) yield* violation(destination, is.level === 0 ? "plaintext" : "one-sided", was, is, context);
  for (const flaw of dropped ? (["unverified"] as const) : (["unverified", "no-authority"] as const)) {
    const flawed = after.find(({ flaws }) => flaws.has(flaw));
    if (flawed && !before.some(({ flaws }) => flaws.has(flaw))) {
      yield* violation(destination, flaw, was, flawed, context);
    }
  }
}

/** Whether Istio encrypts by itself: towards services of the cluster, and hosts that a ServiceEntry calls internal. */
function staysInMesh({ mesh, host }: TouchedDestination): boolean {
  return (
    hostsOverlap(host, `*.svc.${mesh.settings.clusterDomain}`) ||
    mesh.serviceEntries.some(
      ({ spec }) =>
        spec.location === "MESH_INTERNAL" && spec.hosts?.some((other) => hostsOverlap(other, host)),
    )
  );
}

function weakest(all: readonly Protection[]): Protection {
  return all.reduce((weak, one) => (one.level < weak.level ? one : weak));
}

/** What a weakness means, and what to do instead. */
const words: Readonly<Record<Weakness, readonly [string, string]>> = {
  plaintext: [
    "requests travel in plain text",
    "keep the mode, and mend the certificate or the name that does not fit",
  ],
  "one-sided": ["the client no longer proves who it is", "keep the mode, and mend the client's certificate"],
  unverified: [
    "anybody may answer in the server's place",
    "set `caCertificates` and `subjectAltNames` instead of `insecureSkipVerify`",
  ],
  "no-authority": [
    "nothing says which authority vouches for the server",
    "set `caCertificates`, for public servers to `system`",
  ],
};

function* violation(
  destination: TouchedDestination,
  weakness: Weakness,
  before: Protection,
  after: Protection,
  context: ChangeContext<Options>,
): Generator<Violation> {
  if (!context.options.refuse.includes(weakness)) return;
  const name = destinationText(destination);
  const [from, to] = [textOf(before), textOf(after)];
  const [meaning, fix] = words[weakness];
  const home = after.policy?.blocks.tls ?? after.policy?.subset;
  yield {
    ...placeOfSetting(destination, home, context),
    subject: `${weakness} ${name}`,
    message: `TLS to ${name} goes from ${from} to ${to}: ${meaning}`,
    before: from,
    after: to,
    fix,
    // What Istio did by itself depends on whether the pods have proxies, which Git does not show.
    certainty: weakness === "plaintext" && !before.tls ? "needs-inventory" : "certain",
    limit: context.limit("refuse"),
  };
}

function textOf({ tls, level }: Protection): string {
  if (!tls) return level === 2 ? "automatic mTLS" : "no TLS";
  const { mode = "DISABLE", insecureSkipVerify, caCertificates } = tls;
  return `${mode}${insecureSkipVerify ? " with insecureSkipVerify" : ""}${caCertificates ? " with caCertificates" : ""}`;
}
