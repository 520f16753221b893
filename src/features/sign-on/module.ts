import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { RE2JS } from "re2js";
import type { DataSource, EntityManager } from "typeorm";
import { deploymentsUrlOf, type Config, type SignOnConfig } from "../../config";
import type { AuditTrail } from "../../kernel/audit-trail";
import type { OutageLog } from "../../infrastructure/outages/outage-log";
import type { Clock } from "../../kernel/clock";
import { createUnitOfWork } from "../../infrastructure/postgres/unit-of-work";
import type {
  AccessReadModel,
  AccessStores,
  AdminStores,
  EndSession,
  InvitationStores,
  CreateUser,
  FirstAdministrator,
  Sessions,
  SessionTokens,
  SignIn,
  TeamStores,
} from "../access";
import { BrowserSessions } from "./app/browser-sessions";
import type { SignOnTransaction } from "./app/ports";
import { SignOn } from "./app/sign-on";
import { EncryptedValues } from "./crypto/encrypted-values";
import { IdentityStoreSql } from "./db/identity-store";
import type { GroupImport } from "./domain/imported-groups";
import { callbackOf, isElsewhere, sessionPathOf, setUpLinkOf, siteOf, startOf } from "./domain/site";
import { AuthConfigResolver } from "./graphql/auth-config.resolver";
import { InvitationLinkResolver } from "./graphql/invitation-link.resolver";
import { answerOnPage } from "./http/answers";
import { Cookies } from "./http/cookies";
import { invitationRoutes } from "./http/invitation-routes";
import { PageSessions } from "./http/page-sessions";
import { sessionRoutes } from "./http/session-routes";
import { signOnRoutes } from "./http/sign-on-routes";
import { tokenPageRoutes } from "./http/token-page-routes";
import { OpenIdProvider } from "./oidc/open-id-provider";

export { IdentityRow } from "./db/identity.row";

export interface SignOnModuleOptions {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly audit: (manager: EntityManager) => AuditTrail;
  readonly clock: Clock;
  readonly access: {
    readonly stores: (manager: EntityManager) => AccessStores;
    readonly teamStores: (manager: EntityManager) => TeamStores;
    readonly adminStores: (manager: EntityManager) => AdminStores;
    readonly invitations: (manager: EntityManager) => InvitationStores;
    readonly readModel: AccessReadModel;
    readonly signIn: SignIn;
    readonly createUser: CreateUser;
    readonly firstAdministrator: FirstAdministrator;
    readonly tokens: SessionTokens;
    readonly sessions: Sessions;
    readonly endSession: EndSession;
    readonly derivedKey: (purpose: string) => Uint8Array;
  };
  readonly log: Logger;
  readonly outages: OutageLog;
}

export function createSignOnModule({ config, dataSource, audit, clock, access, log, outages }: SignOnModuleOptions) {
  const { auth, signOn: settings } = config;
  const site = siteOf({ ...config.server, deploymentsUrl: deploymentsUrlOf(config, config.server.port) });
  const unitOfWork = createUnitOfWork(dataSource, (manager): SignOnTransaction => ({
    access: access.stores(manager),
    teams: access.teamStores(manager),
    admins: access.adminStores(manager),
    identities: new IdentityStoreSql(manager, clock),
    invitations: access.invitations(manager),
    audit: audit(manager),
  }));
  const providers = settings.providers.map(
    (provider) =>
      new OpenIdProvider({
        provider,
        redirectUri: callbackOf(site),
        clockToleranceSeconds: settings.clockToleranceSeconds,
        timeoutSeconds: settings.timeoutSeconds,
        needsGroups: settings.importGroups,
      }),
  );
  const signOn = new SignOn({
    unitOfWork,
    clock,
    tokens: access.tokens,
    firstAdministrator: access.firstAdministrator,
    providers: settings.providers.map(({ name }) => name),
    groups: groupImportOf(settings),
    userManagement: auth.userManagement,
  });
  const sessions = new BrowserSessions({
    tokens: access.tokens,
    sessions: access.sessions,
    endSession: access.endSession,
    accounts: access.readModel,
  });
  const cookies = new Cookies({ secure: site.origin.startsWith("https:") });
  const { localEnabled, publicSignups } = auth;
  const { firstAdministrator, createUser } = access;
  return {
    /** The page where a person with the secret of the first administrator signs up. */
    setUpLink: (): string => setUpLinkOf(site, firstAdministrator.secret),
    resolvers: [
      new InvitationLinkResolver(site),
      new AuthConfigResolver({
        readModel: access.readModel,
        site,
        providers: settings.providers,
        localEnabled,
        publicSignups,
      }),
    ],
    sessionPath: sessionPathOf(site),
    /**
     * The origin to which browsers are redirected from that host, because sessions belong to one origin; null if it is
     * the right one.
     */
    leadsTo: (host: string) => (isElsewhere(host, site) ? site.origin : null),
    /** The cookie as credentials of the API. */
    pageSessions: new PageSessions(site, cookies),
    /** The web client's session; and the pages, with a way of their own to read forms and to tell errors. */
    routes: (app: FastifyInstance): void => {
      sessionRoutes(app, { site, signIn: access.signIn, sessions, cookies });
      app.register(async (pages) => {
        pages.setErrorHandler(answerOnPage(site, log, outages));
        const sealed = new EncryptedValues(access.derivedKey("attempts to sign on"), clock);
        signOnRoutes(pages, { site, providers, signOn, firstAdministrator, sessions, sealed, cookies, log });
        const links = settings.providers.map(({ name, displayName }) => ({ displayName, url: startOf(site, name) }));
        tokenPageRoutes(pages, { site, providers: links, localEnabled, signIn: access.signIn, sessions, cookies });
        invitationRoutes(pages, {
          site,
          providers: settings.providers,
          localEnabled,
          createUser,
          sessions,
          cookies,
        });
      });
    },
  };
}

function groupImportOf({ importGroups, teamFilter }: SignOnConfig): GroupImport {
  return importGroups
    ? { kind: "ON", filter: teamFilter === undefined ? null : RE2JS.compile(teamFilter) }
    : { kind: "OFF" };
}
