interface Endpoints {
  readonly graphql: string;
  readonly socket: string;
  readonly session: string;
  readonly version: string;
}

const DEFAULTS: Endpoints = { graphql: "/v1", socket: "/ws", session: "/v1/session", version: "" };

/** The service writes its paths and version into the page; the development server leaves them empty. */
function read(): Endpoints {
  const content = document.querySelector<HTMLMetaElement>('meta[name="retrograde-endpoints"]')?.content ?? "";
  return content === "" ? DEFAULTS : { ...DEFAULTS, ...(JSON.parse(content) as Partial<Endpoints>) };
}

export const endpoints = read();
