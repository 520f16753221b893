import type { Config } from "jest";

const typescript = { tsconfig: "<rootDir>/tsconfig.json" };

const config: Config = {
  testEnvironment: "node",
  roots: ["<rootDir>/src", "<rootDir>/test"],
  globalSetup: "<rootDir>/test/world/global-setup.ts",
  globalTeardown: "<rootDir>/test/world/global-teardown.ts",
  setupFiles: ["reflect-metadata"],
  // For what hangs: on a machine that has much else to do everything takes several times as long.
  testTimeout: 180_000,
  maxWorkers: 2,
  transform: {
    "^.+\\.ts$": ["ts-jest", typescript],
    "node_modules/(jose|openid-client|oauth4webapi)/.+\\.js$": "<rootDir>/test/world/es-modules-to-commonjs.cjs",
  },
  transformIgnorePatterns: ["/node_modules/(?!(jose|openid-client|oauth4webapi)/)"],
};

export default config;
