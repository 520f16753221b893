import { queryOptions } from "@tanstack/react-query";
import { AuthConfigDocument, type AuthConfigQuery } from "../gql";
import { ask } from "./ask";

/** How people can sign in. @param returnTo the path to come back to from a provider */
export const authConfigQuery = (returnTo: string) => {
  const redirect = new URL(returnTo, location.href).href;
  return queryOptions({
    queryKey: ["auth-config", redirect],
    queryFn: ({ signal }) => ask(AuthConfigDocument, { redirect }, signal),
    staleTime: 60_000,
  });
};

/** Whether the installation has no user yet, and takes passwords. */
export const isFirstRun = ({ authConfig }: AuthConfigQuery): boolean =>
  authConfig?.initialSignup === true && authConfig.localEnabled !== false;
