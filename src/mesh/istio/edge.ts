import type { ConnectionPool } from "./destination-rule.ts";
import type { Labels } from "./primitives.ts";
import type { RouteDestination } from "./virtual-service.ts";

export interface Gateway {
  readonly servers?: readonly Server[];
  readonly selector?: Labels;
}
export interface Port {
  readonly number?: number;
  readonly protocol?: string;
  readonly name?: string;
  readonly targetPort?: number;
}
export interface Server {
  readonly name?: string;
  readonly port?: Port;
  readonly hosts?: readonly string[];
  readonly bind?: string;
  readonly tls?: ServerTLSSettings;
  readonly defaultEndpoint?: string;
}
export interface ServerTLSSettings {
  readonly httpsRedirect?: boolean;
  readonly mode?:
    | "PASSTHROUGH"
    | "SIMPLE"
    | "MUTUAL"
    | "AUTO_PASSTHROUGH"
    | "ISTIO_MUTUAL"
    | "OPTIONAL_MUTUAL";
  readonly serverCertificate?: string;
  readonly privateKey?: string;
  readonly caCertificates?: string;
  readonly caCrl?: string;
  readonly credentialName?: string;
  readonly credentialNames?: readonly string[];
  readonly caCertCredentialName?: string;
  readonly tlsCertificates?: readonly {
    readonly serverCertificate?: string;
    readonly privateKey?: string;
    readonly caCertificates?: string;
  }[];
  readonly subjectAltNames?: readonly string[];
  readonly verifyCertificateSpki?: readonly string[];
  readonly verifyCertificateHash?: readonly string[];
  readonly minProtocolVersion?: "TLS_AUTO" | "TLSV1_0" | "TLSV1_1" | "TLSV1_2" | "TLSV1_3";
  readonly maxProtocolVersion?: "TLS_AUTO" | "TLSV1_0" | "TLSV1_1" | "TLSV1_2" | "TLSV1_3";
  readonly cipherSuites?: readonly string[];
}

export interface ServiceEntry {
  readonly hosts?: readonly string[];
  readonly addresses?: readonly string[];
  readonly ports?: readonly Port[];
  readonly location?: "MESH_EXTERNAL" | "MESH_INTERNAL";
  readonly resolution?: "NONE" | "STATIC" | "DNS" | "DNS_ROUND_ROBIN" | "DYNAMIC_DNS";
  readonly endpoints?: readonly WorkloadEntry[];
  readonly workloadSelector?: { readonly labels?: Labels };
  readonly exportTo?: readonly string[];
  readonly subjectAltNames?: readonly string[];
}
export interface WorkloadEntry {
  readonly address?: string;
  readonly ports?: Readonly<Record<string, number>>;
  readonly labels?: Labels;
  readonly network?: string;
  readonly locality?: string;
  readonly weight?: number;
  readonly serviceAccount?: string;
}

export interface Sidecar {
  readonly workloadSelector?: { readonly labels?: Labels };
  readonly ingress?: readonly {
    readonly port?: Port;
    readonly bind?: string;
    readonly captureMode?: CaptureMode;
    readonly defaultEndpoint?: string;
    readonly tls?: ServerTLSSettings;
    readonly connectionPool?: ConnectionPool;
  }[];
  readonly egress?: readonly {
    readonly port?: Port;
    readonly bind?: string;
    readonly captureMode?: CaptureMode;
    readonly hosts?: readonly string[];
  }[];
  readonly inboundConnectionPool?: ConnectionPool;
  readonly outboundTrafficPolicy?: {
    readonly mode?: "REGISTRY_ONLY" | "ALLOW_ANY";
    readonly egressProxy?: RouteDestination;
  };
}
export type CaptureMode = "DEFAULT" | "IPTABLES" | "NONE";
