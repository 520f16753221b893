const { transformSync } = require("esbuild");

/** For packages that are published as ES modules only, which Jest cannot `require` as they are. */
module.exports = {
  process: (code, file) => ({ code: transformSync(code, { format: "cjs", target: "node20", sourcefile: file }).code }),
};
