/** The secret by which the first user of a test's installation becomes SYSTEM_ADMIN. */
export const BOOTSTRAP_TOKEN = "secret-of-the-first-user";
