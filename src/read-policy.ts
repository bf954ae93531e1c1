import type { GitHub, PolicyFile, PolicyOwner } from "./github/port.ts";
import { type EffectivePolicy, effectivePolicy } from "./policy/effective.ts";
import { enrolmentOf } from "./policy/enrolment.ts";
import { type PolicyLayers, type PolicyText, type PolicyVersion, policyLayers } from "./policy/layers.ts";
import { type PolicyLayer, readPolicy } from "./policy/read.ts";
import type { Subject } from "./policy/subject.ts";

/** What earlier looks saw of the policies. Remembering it can only make a verdict stricter; forgetting it cannot forge one. */
export interface PolicyMemory {
  /** The commits at which the policies were last seen to enforce; null where they did not. */
  readonly enforcedAt: Readonly<Record<PolicyOwner, string | null>>;
  /** How the organisation's policy enrolled this repository (`Enrolment.by`). */
  readonly enrolledBy: string | null;
}

export const noPolicyMemory: PolicyMemory = {
  enforcedAt: { organisation: null, repository: null },
  enrolledBy: null,
};

const absent = { kind: "absent" } as const;

/** The policy in force, and what is to be remembered of having seen it. */
export interface FoundPolicy {
  readonly policy: EffectivePolicy;
  readonly memory: PolicyMemory;
}

/**
 * Reads the policy in force for a repository: the organisation's file, then the repository's own. Of a broken file its past
 * is read as well, where the newest version that validates is found.
 */
export async function readPolicyInForce(
  github: GitHub,
  subject: Subject,
  files: Readonly<Record<PolicyOwner, PolicyFile>>,
  memory: PolicyMemory,
): Promise<FoundPolicy> {
  const texts = await Promise.all(
    (["organisation", "repository"] as const).map((owner) =>
      withPast(files[owner], memory.enforcedAt[owner], () => github.policyVersions(owner)),
    ),
  );
  const [organisation, ownText] = texts as [PolicyText, PolicyText];
  // In the policy repository itself both are one file: the organisation's.
  const own = ownText.source === organisation.source ? { ...absent, source: ownText.source } : ownText;
  const layers = policyLayers(organisation, own);
  const enrolment =
    layers.organisation && enrolmentOf(layers.organisation, subject.repository ?? "", memory.enrolledBy);
  const governing: PolicyLayers =
    enrolment?.isEnrolled === false
      ? { ...layers, organisation: null, excludedBy: layers.organisation }
      : layers;
  return {
    policy: effectivePolicy(governing, "observe", subject),
    memory: {
      enforcedAt: {
        organisation: seenToEnforce(organisation, layers.organisation, memory.enforcedAt.organisation),
        repository: seenToEnforce(own, layers.repository, memory.enforcedAt.repository),
      },
      enrolledBy: enrolment ? (enrolment.isEnrolled ? enrolment.by : null) : memory.enrolledBy,
    },
  };
}

async function withPast(
  file: PolicyFile,
  enforcedAt: string | null,
  past: () => Promise<readonly PolicyVersion[]>,
): Promise<PolicyText> {
  if (file.kind !== "file") return { ...file, enforcedAt };
  const isBroken = readPolicy(file.text, file.source, file.commit).layer === undefined;
  return isBroken ? { ...file, earlier: await past() } : file;
}

/** A file that is there says for itself whether it enforces; one that is gone keeps what it said last. */
function seenToEnforce(file: PolicyText, layer: PolicyLayer | null, before: string | null): string | null {
  if (file.kind !== "file" || layer === null) return before;
  const { mode = "enforce", overlays = [] } = layer.document;
  return [mode, ...overlays.map((overlay) => overlay.mode)].includes("enforce") ? layer.commit : null;
}
