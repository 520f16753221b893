import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { parseSearch, readAuditSearch, readHistorySearch, stringifySearch } from "./lib/search";
import { loadSession, sessionStore } from "./lib/session";
import { Failed, NotFound } from "./parts/states";
import { Shell } from "./parts/shell/shell";

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: () => (
    <main className="wrap">
      <NotFound />
    </main>
  ),
  errorComponent: ({ error, reset }) => (
    <main className="wrap">
      <Failed what="The page" error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />
    </main>
  ),
});

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("./pages/sign-in/sign-in-page"), "SignInPage"),
  validateSearch: (search): { to?: string } => {
    const to = text(search["to"]);
    return to === undefined ? {} : { to };
  },
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  component: Shell,
  beforeLoad: async ({ location }) => {
    const state = sessionStore.get();
    if (typeof state === "object" || state === "ended") return;
    if ((await loadSession()) === null)
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- it is how this router redirects
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { to: location.href } });
  },
});

const deployments = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/deployments/deployments-page"), "DeploymentsPage"),
  validateSearch: (search): { q?: string; attention?: string } => {
    const q = text(search["q"]);
    return {
      ...(q === undefined ? {} : { q }),
      ...(search["attention"] === "only" ? { attention: "only" } : {}),
    };
  },
});

const deployment = createRoute({
  getParentRoute: () => signedIn,
  path: "/deployments/$releaseName",
  component: lazyRouteComponent(() => import("./pages/deployment/deployment-layout"), "DeploymentLayout"),
});

const overview = createRoute({
  getParentRoute: () => deployment,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/overview/overview-page"), "OverviewPage"),
});

const history = createRoute({
  getParentRoute: () => deployment,
  path: "/history",
  component: lazyRouteComponent(() => import("./pages/history/history-page"), "HistoryPage"),
  validateSearch: readHistorySearch,
});

const logs = createRoute({
  getParentRoute: () => deployment,
  path: "/logs",
  component: lazyRouteComponent(() => import("./pages/logs/logs-page"), "LogsPage"),
  validateSearch: (search): { q?: string; component?: string } => {
    const q = text(search["q"]);
    const component = text(search["component"]);
    return { ...(q === undefined ? {} : { q }), ...(component === undefined ? {} : { component }) };
  },
});

const settings = createRoute({
  getParentRoute: () => deployment,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/settings/settings-page"), "SettingsPage"),
});

const access = createRoute({
  getParentRoute: () => deployment,
  path: "/access",
  component: lazyRouteComponent(() => import("./pages/access/access-page"), "AccessPage"),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: "/system/audit",
  component: lazyRouteComponent(() => import("./pages/system/system-page"), "AuditPage"),
  validateSearch: readAuditSearch,
});

const cleanUp = createRoute({
  getParentRoute: () => signedIn,
  path: "/system/clean-up",
  component: lazyRouteComponent(() => import("./pages/system/system-page"), "CleanUpPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    signedIn.addChildren([
      deployments,
      audit,
      cleanUp,
      deployment.addChildren([overview, history, logs, settings, access]),
    ]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  // The pages fetch by themselves; a preload fetches code only.
  defaultPreloadStaleTime: 60_000,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
