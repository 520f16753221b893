import { toInstant, type Instant } from "../domain/instant";

export type Clock = () => Instant;

export const systemClock: Clock = () => toInstant(Date.now());
