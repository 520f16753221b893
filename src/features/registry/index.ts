export { RegistryUnavailable } from "./app/ports";
export { LookUpImage, type ImageState } from "./app/look-up-image";
export { PushedImages } from "./app/pushed-images";
export { releaseNameOf } from "./domain/repository";
