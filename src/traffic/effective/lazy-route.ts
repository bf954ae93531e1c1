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
export abstract class LazyRoute implements EffectiveRoute {
  readonly protocol: Protocol;
  readonly origin: RouteOrigin;
  readonly static: StaticCondition;
  readonly catchAll: boolean;
  private knownConditions: readonly RequestCondition[] | undefined;
  private knownAction: RouteAction | undefined;
  private knownText: string | undefined;

  constructor({ protocol, origin, static: fixed, catchAll }: RouteOutline) {
    this.protocol = protocol;
    this.origin = origin;
    this.static = fixed;
    this.catchAll = catchAll;
  }

  protected abstract translateConditions(): readonly RequestCondition[];
  protected abstract translateAction(): RouteAction;
  protected abstract write(): string;

  get conditions(): readonly RequestCondition[] {
    this.knownConditions ??= this.translateConditions();
    return this.knownConditions;
  }

  get action(): RouteAction {
    this.knownAction ??= this.translateAction();
    return this.knownAction;
  }

  get written(): string {
    this.knownText ??= this.write();
    return this.knownText;
  }

  get key(): string {
    const { port, sourceNamespace, sourceLabels } = this.static;
    const conditions = this.conditions.map((condition) => JSON.stringify(condition)).sort();
    const labels = Object.entries(sourceLabels).sort();
    return JSON.stringify([conditions, port, sourceNamespace, labels, this.catchAll, this.action.canonical]);
  }

  isWrittenLike(other: EffectiveRoute): boolean {
    return this.written === other.written;
  }

  withAction(resolve: (action: RouteAction) => RouteAction): LazyRoute {
    return new ResolvedRoute(this, resolve);
  }
}

/** A route as one kind of proxy understands it. */
class ResolvedRoute extends LazyRoute {
  private readonly route: LazyRoute;
  private readonly resolve: (action: RouteAction) => RouteAction;

  constructor(route: LazyRoute, resolve: (action: RouteAction) => RouteAction) {
    super(route);
    this.route = route;
    this.resolve = resolve;
  }

  protected override translateConditions(): readonly RequestCondition[] {
    return this.route.conditions;
  }

  protected override translateAction(): RouteAction {
    return this.resolve(this.route.action);
  }

  protected override write(): string {
    return this.route.written;
  }

  override isWrittenLike(other: EffectiveRoute): boolean {
    return this.route.isWrittenLike(other instanceof ResolvedRoute ? other.route : other);
  }
}
