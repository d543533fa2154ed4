import type { z } from 'zod';
import type { emptyBody, emptyQuery } from '../../lib/api/empty.ts';
import type { AuditAction, AuditTargetType } from '../../lib/core/audit/audit-event.ts';
import type { Starter } from '../../lib/core/exports/starter.ts';
import type { OperatorPrincipal, Scope, TenantPrincipal } from '../../lib/core/principal.ts';
import type { ThrottleName } from '../../lib/core/throttle/caller-throttles.ts';
import type { Services } from '../services.ts';
import type { Answer } from './answer.ts';
import type { RequestFacts } from './request-facts.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The methods that a route takes: HEAD wherever GET is (RFC 9110, 9.3.2). */
export function methodsOf({ method }: Pick<Route, 'method'>): readonly (Method | 'HEAD')[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}

/** What a route needs of a tenant's key or user; there is no route without an entry here. */
export type TenantScope = Exclude<Scope, 'operator'> | 'signed-in';

/** `v1/exports/{id}` → `{ id: string }`. */
export type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [key in Name]: string } & ParamsOf<Rest>
  : unknown;

/** What every handler gets: checked input, and the services to do the work with. */
export interface PublicCall<Path extends string, Body extends z.ZodType, Query extends z.ZodType> {
  readonly params: ParamsOf<Path>;
  readonly body: z.infer<Body>;
  readonly query: z.infer<Query>;
  readonly request: RequestFacts;
  readonly services: Services;
}

export interface OperatorCall<Path extends string, Body extends z.ZodType, Query extends z.ZodType>
  extends PublicCall<Path, Body, Query> {
  readonly principal: OperatorPrincipal;
  readonly starter: Starter;
}

/** The tenant is `principal.tenantId`; it is taken from nowhere else. */
export interface TenantCall<Path extends string, Body extends z.ZodType, Query extends z.ZodType>
  extends PublicCall<Path, Body, Query> {
  readonly principal: TenantPrincipal;
  readonly starter: Starter;
}

interface Shape<Path extends string, Body extends z.ZodType, Query extends z.ZodType> {
  /** Also the Azure function's name. */
  readonly name: string;
  readonly method: Method;
  /** Below the prefix `/api`, with `{name}` for parameters. */
  readonly path: Path;
  /** Absent: the body is empty or `{}`. */
  readonly body?: Body;
  /** True: an empty body counts as `{}`. */
  readonly bodyOptional?: boolean;
  /** Absent: no parameters. */
  readonly query?: Query;
  /** Absent: a look at a state, which is no event. Whatever changes something has an entry. */
  readonly audit?: RouteAudit;
}

/** How a route appears in the audit log (K8). */
export interface RouteAudit {
  readonly action: AuditAction;
  /**
   * `act`: an event before and one after, so that nothing happens that cannot be logged. `read`: data
   * is given out; one event, before the answer.
   */
  readonly kind: 'act' | 'read';
  readonly target?: {
    readonly type: AuditTargetType;
    /** The parameter that names it; absent for what the route makes. */
    readonly param?: string;
  };
  /** On operators' routes: the parameter that names the tenant, whose chain gets the event too. */
  readonly tenantParam?: string;
}

export interface PublicRoute<
  Path extends string = string,
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
> extends Shape<Path, Body, Query> {
  readonly scope: 'public';
  handle(call: PublicCall<Path, Body, Query>): Promise<Answer>;
}

export interface OperatorRoute<
  Path extends string = string,
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
> extends Shape<Path, Body, Query> {
  readonly scope: 'operator';
  handle(call: OperatorCall<Path, Body, Query>): Promise<Answer>;
}

export interface TenantRoute<
  Path extends string = string,
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
> extends Shape<Path, Body, Query> {
  readonly scope: TenantScope;
  /** The limit that each principal has here; asked before anything is done or logged. */
  readonly throttle?: ThrottleName;
  /** The parameter that names a key: that key itself needs no scope here. */
  readonly ownKeyParam?: string;
  /**
   * S16: a person must have signed in lately (keys are not asked). Field names: only when the body has
   * one of them. Absent: any sign-in will do.
   */
  readonly freshSignIn?: 'always' | readonly string[];
  handle(call: TenantCall<Path, Body, Query>): Promise<Answer>;
}

export type Route = PublicRoute | OperatorRoute | TenantRoute;

type NoBody = typeof emptyBody;
type NoQuery = typeof emptyQuery;

/** A route that anybody may call. */
export function publicRoute<
  Path extends string,
  Body extends z.ZodType = NoBody,
  Query extends z.ZodType = NoQuery,
>(route: PublicRoute<Path, Body, Query>): PublicRoute {
  return route;
}

/** A route for the operator alone. */
export function operatorRoute<
  Path extends string,
  Body extends z.ZodType = NoBody,
  Query extends z.ZodType = NoQuery,
>(route: OperatorRoute<Path, Body, Query>): OperatorRoute {
  return route;
}

/** A route for a tenant's key with the scope. */
export function tenantRoute<
  Path extends string,
  Body extends z.ZodType = NoBody,
  Query extends z.ZodType = NoQuery,
>(route: TenantRoute<Path, Body, Query>): TenantRoute {
  return route;
}
