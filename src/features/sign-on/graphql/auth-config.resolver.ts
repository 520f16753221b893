import { Arg, Query, Resolver } from "type-graphql";
import type { AccessReadModel } from "../../access";
import { AuthConfig, AuthProvider } from "../../access/graphql";
import { returnTarget } from "../domain/return-target";
import { startOf, tokenPageOf, type Site } from "../domain/site";

@Resolver()
export class AuthConfigResolver {
  constructor(
    private readonly deps: {
      readonly readModel: AccessReadModel;
      readonly site: Site;
      readonly providers: readonly { readonly name: string; readonly displayName: string }[];
      readonly localEnabled: boolean;
      readonly publicSignups: boolean;
    },
  ) {}

  @Query(() => AuthConfig, { nullable: true, description: "How people can sign in. Answered without a login." })
  async authConfig(
    @Arg("redirect", () => String, {
      nullable: true,
      description:
        "Where a provider should send the browser back to: a page of this installation; anything else is as if it were not given.",
    })
    redirect?: string | null,
  ): Promise<AuthConfig> {
    const { readModel, site, providers, localEnabled, publicSignups } = this.deps;
    const target = returnTarget(redirect, {
      own: site.origin,
      others: site.appOrigin === null ? [] : [site.appOrigin],
    });
    return {
      localEnabled,
      publicSignup: publicSignups,
      initialSignup: !(await readModel.hasUsers()),
      providers:
        providers.length > 0
          ? providers.map(({ name, displayName }) => ({ name, displayName, url: startOf(site, name, { target }) }))
          : this.ownPage(),
    };
  }

  /**
   * The CLI refuses to take a token, a service account's key among them, from people of an installation that lists no
   * provider.
   */
  private ownPage(): AuthProvider[] {
    const { site, localEnabled } = this.deps;
    return localEnabled ? [{ name: "local", displayName: "Password", url: tokenPageOf(site) }] : [];
  }
}
