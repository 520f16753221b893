import { toInstant, type Instant } from "./instant";

export type Clock = () => Instant;

export const systemClock: Clock = () => toInstant(Date.now());
