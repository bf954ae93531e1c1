import type { Admit } from "../admit.ts";
import { schemaErrors } from "./validity.ts";
import { toProblems } from "./violation.ts";

/** Refuses objects that the API server would refuse for their schema: they never reach Istio, nor the mesh. */
export const admitBySchema: Admit = ({ document }) => toProblems(document, schemaErrors(document.value));
