export * from "./domain";
export { loadCatalogue } from "./client/load-catalogue";
