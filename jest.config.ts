import type { Config } from "jest";

const typescript = { tsconfig: "<rootDir>/tsconfig.json" };

const common: Config = {
  testEnvironment: "node",
  setupFiles: ["reflect-metadata"],
  setupFilesAfterEnv: ["<rootDir>/test/world/let-go-of-observers.ts", "<rootDir>/test/world/retry-once.ts"],
  transform: {
    "^.+\\.ts$": ["ts-jest", typescript],
    "node_modules/(jose|openid-client|oauth4webapi)/.+\\.js$": "<rootDir>/test/world/es-modules-to-commonjs.cjs",
  },
  transformIgnorePatterns: ["/node_modules/(?!(jose|openid-client|oauth4webapi)/)"],
};

const withDatabase: Config = {
  ...common,
  roots: ["<rootDir>/test"],
  globalSetup: "<rootDir>/test/world/global-setup.ts",
  globalTeardown: "<rootDir>/test/world/global-teardown.ts",
};

const config: Config = {
  projects: [
    // The fast lane: no database.
    { ...common, displayName: "unit", roots: ["<rootDir>/src", "<rootDir>/ui/src"] },
    { ...withDatabase, displayName: "product", testPathIgnorePatterns: ["\\.long\\.test\\.ts$"] },
    // What takes long by its nature: kills and outages, time limits, generated input, other servers, builds.
    { ...withDatabase, displayName: "long", testMatch: ["**/*.long.test.ts"] },
  ],
  // For what hangs: on a machine that has much else to do everything takes several times as long.
  testTimeout: 180_000,
  maxWorkers: 2,
  // Of the heap, after a file: some module registries are collected late. The process then has up to twice as much.
  workerIdleMemoryLimit: "400MB",
};

export default config;
