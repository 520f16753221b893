export { releaseNameOf } from "./repository";
export type { ImageState } from "./image-state";
export type { ImageFacts } from "./image-labels";
