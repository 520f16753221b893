import type { Config } from "jest";

const typescript = { tsconfig: "<rootDir>/tsconfig.json" };

const config: Config = {
  testEnvironment: "node",
  roots: ["<rootDir>/src", "<rootDir>/test"],
  globalSetup: "<rootDir>/test/world/global-setup.ts",
  globalTeardown: "<rootDir>/test/world/global-teardown.ts",
  setupFiles: ["reflect-metadata"],
  testTimeout: 30_000,
  maxWorkers: 2,
  transform: {
    "^.+\\.ts$": ["ts-jest", typescript],
    "node_modules/(jose|openid-client|oauth4webapi)/.+\\.js$": "<rootDir>/test/world/es-modules-to-commonjs.cjs",
  },
  transformIgnorePatterns: ["/node_modules/(?!(jose|openid-client|oauth4webapi)/)"],
};

export default config;
