import { ingressTarget, type IngressUrlHeader } from "./ingress-url";

const OWN = "/own/airflow/home";
const VICTIM = "/victim/airflow/home";
const NGINX: IngressUrlHeader = "X-Original-URL";
const CADDY: IngressUrlHeader = "X-Forwarded-Uri";

test.each<[string, string[], string[], IngressUrlHeader | undefined, string | null]>([
  ["nginx's header alone", [OWN], [], undefined, "own"],
  ["Caddy's header alone", [], [OWN], undefined, "own"],
  ["no header", [], [], undefined, null],
  ["both, to the same target", [`https://deployments.example.com${OWN}`], ["/own/airflow/"], undefined, "own"],
  ["both, to two Deployments", [OWN], [VICTIM], undefined, null],
  ["both, the other way round", [VICTIM], [OWN], undefined, null],
  ["both, to two servers of one Deployment", [OWN], ["/own/flower/"], undefined, null],
  ["both, one of them empty", [""], [OWN], undefined, null],
  ["both, one of them no URL", [OWN], ["http://["], undefined, null],
  ["one header twice, to two Deployments", [], [OWN, VICTIM], undefined, null],
  ["one header twice, to the same target", [], [OWN, OWN], undefined, "own"],
  ["the expected header alone", [OWN], [], NGINX, "own"],
  ["only the header that is not expected", [OWN], [], CADDY, null],
  ["both, to two Deployments, the expected one first", [OWN], [VICTIM], NGINX, null],
  ["both, to two Deployments, the expected one second", [OWN], [VICTIM], CADDY, null],
  ["both, to the same target, one expected", [OWN], [OWN], CADDY, "own"],
])("%s", (_name, original, forwarded, expected, releaseName) => {
  expect(ingressTarget({ [NGINX]: original, [CADDY]: forwarded }, expected)?.releaseName ?? null).toBe(releaseName);
});
