/**
 * In CI a test that fails is run once more. The run prints its error, and .ci/run names it at the end: it has to be
 * mended.
 */
if (process.env["CI"] === "true") jest.retryTimes(1, { logErrorsBeforeRetry: true });
