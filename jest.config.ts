import type { Config } from "jest";

const typescript = { tsconfig: "<rootDir>/tsconfig.json" };

/** jose is published as ES modules only, which Jest cannot `require` as they are. */
const esModulesToCommonJs = {
  isolatedModules: true,
  tsconfig: {
    allowJs: true,
    module: "commonjs",
    moduleResolution: "bundler",
    target: "es2023",
    isolatedModules: true,
    sourceMap: false,
    types: [],
  },
  diagnostics: false,
};

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
    "node_modules/jose/.+\\.js$": ["ts-jest", esModulesToCommonJs],
  },
  transformIgnorePatterns: ["/node_modules/(?!jose/)"],
};

export default config;
