import { PerformanceObserver } from "node:perf_hooks";

/**
 * prom-client observes garbage collections and never stops. Its observers belong to Node and outlive the test file, and
 * with them everything that the file has loaded, some 20 to 50 MB.
 */
const observe = jest.spyOn(PerformanceObserver.prototype, "observe");

afterAll(() => {
  for (const observer of observe.mock.contexts) observer.disconnect();
  observe.mockRestore();
});
