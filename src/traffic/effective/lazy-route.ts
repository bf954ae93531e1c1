import type { RouteAction } from "./action.ts";
import type { RequestCondition } from "./condition.ts";
import type { EffectiveRoute, Protocol, RouteOrigin, StaticCondition } from "./table.ts";

/** What of a route is known without working out its conditions and its effect. */
export interface RouteOutline {
  readonly protocol: Protocol;
  readonly origin: RouteOrigin;
  readonly static: StaticCondition;
  readonly catchAll: boolean;
}

/** A route whose conditions and effect are worked out when somebody asks: of a large table few are ever looked at. */
export class LazyRoute implements EffectiveRoute {
  readonly protocol: Protocol;
  readonly origin: RouteOrigin;
  readonly static: StaticCondition;
  readonly catchAll: boolean;
  private readonly parts: {
    readonly conditions: () => readonly RequestCondition[];
    readonly action: () => RouteAction;
    readonly written: () => string;
  };
  private knownConditions: readonly RequestCondition[] | undefined;
  private knownAction: RouteAction | undefined;
  private knownKey: string | undefined;
  private knownText: string | undefined;

  constructor(outline: RouteOutline, parts: LazyRoute["parts"]) {
    this.protocol = outline.protocol;
    this.origin = outline.origin;
    this.static = outline.static;
    this.catchAll = outline.catchAll;
    this.parts = parts;
  }

  get conditions(): readonly RequestCondition[] {
    this.knownConditions ??= this.parts.conditions();
    return this.knownConditions;
  }

  get action(): RouteAction {
    this.knownAction ??= this.parts.action();
    return this.knownAction;
  }

  get written(): string {
    this.knownText ??= this.parts.written();
    return this.knownText;
  }

  get key(): string {
    if (this.knownKey === undefined) {
      const { port, sourceNamespace, sourceLabels } = this.static;
      const conditions = this.conditions.map((condition) => JSON.stringify(condition)).sort();
      const labels = Object.entries(sourceLabels).sort();
      const { canonical } = this.action;
      this.knownKey = JSON.stringify([conditions, port, sourceNamespace, labels, this.catchAll, canonical]);
    }
    return this.knownKey;
  }

  withAction(resolve: (action: RouteAction) => RouteAction): LazyRoute {
    const action = () => resolve(this.action);
    return new LazyRoute(this, { conditions: () => this.conditions, action, written: () => this.written });
  }
}

/** Works a value out once, when it is first asked for. */
export function once<T extends object | string>(make: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= make();
    return value;
  };
}
