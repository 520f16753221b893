import { cronSchedule } from "./cron-schedule";

test.each([
  ["11 23 * * *", "11 23 * * *"],
  ["  5\t4  *  * * ", "5 4 * * *"],
  ["*/10 * * * *", "*/10 * * * *"],
  ["0 0 * * 7", "0 0 * * 7"],
  ["@hourly", "0 * * * *"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@weekly", "0 0 * * 0"],
  ["@monthly", "0 0 1 * *"],
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@Daily", "0 0 * * *"],
  ["0 0 ? * ?", "0 0 * * *"],
  ["0 3 * * MON", "0 3 * * 1"],
  ["0 3 * * mon-fri", "0 3 * * 1-5"],
  ["0 3 1 jan,Jul *", "0 3 1 1,7 *"],
  ["0 3 * * sun,wed-fri", "0 3 * * 0,3-5"],
  ["10-40/15 * * * *", "10,25,40 * * * *"],
  ["50/5 * * * *", "50,55 * * * *"],
  ["0 */6 ?/2 * *", "0 */6 */2 * *"],
  ["0 0 5-5 * *", "0 0 5 * *"],
])("%j is taken as %j", (schedule, fields) => {
  expect(cronSchedule.schema.safeParse(schedule)).toEqual({ success: true, data: fields });
});

test.each([
  "61 * * * *",
  "0 24 * * *",
  "0 0 0 * *",
  "0 0 * 13 *",
  "0 0 * * 8",
  "0 0 * * fri-mon",
  "0 0 * mon *",
  "0 0 * * monday",
  "* * * *",
  "* * * * * *",
  "0 0 * * *\n* * * * *",
  "*/0 * * * *",
  "50-70/5 * * * *",
  "1-2-3 * * * *",
  "-5 * * * *",
  "@reboot",
  "@every 1h",
  "nightly",
  "",
])("%j is refused", (schedule) => {
  expect(cronSchedule.schema.safeParse(schedule).success).toBe(false);
});

test.each([
  ["@every 90m", /@every is not supported: write the times/],
  ["TZ=Europe/Berlin 0 3 * * *", /it is in UTC/],
  ["CRON_TZ=UTC 0 3 * * *", /it is in UTC/],
])("%j is refused with advice", (schedule, advice) => {
  expect(cronSchedule.hint?.(schedule)).toMatch(advice);
});
