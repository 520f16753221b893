export { releaseNameOf } from "./repository";
export type { ImageState } from "./image-state";
