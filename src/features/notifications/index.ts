export * from "./domain";
export type { Deliver } from "./app/deliver";
