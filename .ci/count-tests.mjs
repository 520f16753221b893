// Adds up the reports of the test runners that have run: `node count-tests.mjs PYTEST_REPORT JEST_REPORT…
// PLAYWRIGHT_REPORT`. Names the tests that passed only when run again.
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const pytestReport = process.argv[2];
const jestReports = process.argv.slice(3, -1).filter(existsSync).map(read);
const playwrightReport = process.argv.at(-1);

const count = { passed: 0, failed: 0 };

for (const { numPassedTests, numFailedTests, testResults } of jestReports) {
  count.passed += numPassedTests;
  count.failed += numFailedTests;
  for (const { name, assertionResults } of testResults) {
    for (const { fullName, status, invocations } of assertionResults) {
      if (status === "passed" && invocations > 1) {
        console.log(`passed only when run again: ${fullName} (${relative(".", name)})`);
      }
    }
  }
}

if (existsSync(pytestReport)) {
  const [suite] = /<testsuite [^>]*>/.exec(readFileSync(pytestReport, "utf8")) ?? [""];
  const number = (name) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  count.passed += number("tests") - failed - number("skipped");
  count.failed += failed;
} else {
  console.log("no test of the Python package was run");
}

if (existsSync(playwrightReport)) {
  const { stats } = read(playwrightReport);
  count.passed += stats.expected + stats.flaky;
  count.failed += stats.unexpected;
} else {
  console.log("no browser test of the web client was run");
}

console.log(`${count.passed} passed, ${count.failed} failed`);
