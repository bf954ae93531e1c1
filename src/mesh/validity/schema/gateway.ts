import { labels, list, object, text, texts, uint32 } from "./builders.ts";
import { serverTls } from "./shared.ts";

/** `spec` of a Gateway (networking/v1alpha3/gateway.proto). */
export const gateway = object("a Gateway", {
  selector: labels,
  servers: list(
    object(
      "a server",
      {
        port: object(
          "a server port",
          { number: uint32, protocol: text, name: text, targetPort: uint32 },
          { required: ["number", "protocol", "name"] },
        ),
        bind: text,
        hosts: texts,
        tls: serverTls,
        defaultEndpoint: text,
        name: text,
      },
      { required: ["port", "hosts"] },
    ),
  ),
});
