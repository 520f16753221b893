import { actorName, parseActorName } from "./actor-name";

test.each(["USER", "SERVICE_ACCOUNT"] as const)("the name of a %s leads back to it", (type) => {
  expect(parseActorName(actorName({ type, id: "01a2" }))).toEqual({ type, id: "01a2" });
});

test.each(["", "USER", "USER:", ":x", "SYSTEM:x", "user:x", "USER:a:b", "ada"])("%p names nobody", (text) => {
  expect(parseActorName(text)).toBeNull();
});
