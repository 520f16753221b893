export * from "./domain";
export { NoImage, RegistryUnavailable } from "./app/ports";
export { LookUpImage } from "./app/look-up-image";
export { PushedImages } from "./app/pushed-images";
