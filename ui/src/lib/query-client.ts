import { QueryClient } from "@tanstack/react-query";
import { RequestFailed } from "./ask";

const MAX_RETRIES = 2;

/** Only a lost connection is tried again by itself: a refusal would be the same the next time. */
function retry(failures: number, error: Error): boolean {
  return failures < MAX_RETRIES && error instanceof RequestFailed && error.code === "UNREACHABLE";
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 2_000, retry }, mutations: { retry: false } },
});
