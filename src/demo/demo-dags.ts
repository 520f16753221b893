import { gzipSync } from "node:zlib";
import { Header } from "tar";

/** Below `dags/`, by path. */
export type DagFiles = Readonly<Record<string, string>>;

const dag = (
  name: string,
  { schedule, statements }: { readonly schedule: string; readonly statements: readonly string[] },
): string => `from datetime import datetime

from airflow.decorators import dag, task

from common.warehouse import run


@dag(schedule="${schedule}", start_date=datetime(2024, 1, 1), catchup=False, tags=["ingestion"])
def ${name}():
    @task(retries=2)
    def load():
${statements.map((statement) => `        run("${statement}")`).join("\n")}

    load()


${name}()
`;

const WAREHOUSE = `from airflow.providers.postgres.hooks.postgres import PostgresHook


def run(statement: str) -> None:
    PostgresHook("warehouse").run(statement)
`;

const ordersBy = (schedule: string): string => dag("orders", { schedule, statements: ["CALL load_orders()"] });
const customersBy = (...statements: string[]): string => dag("customers", { schedule: "@daily", statements });

const FIRST: DagFiles = { "common/warehouse.py": WAREHOUSE, "orders.py": ordersBy("@daily") };
const WITH_CUSTOMERS: DagFiles = { ...FIRST, "customers.py": customersBy("CALL load_customers()") };
const HOURLY: DagFiles = { ...WITH_CUSTOMERS, "orders.py": ordersBy("@hourly") };

/** The DAGs of the demo's DAG-only deploys, by the name of the change. */
export const DAGS = {
  first: FIRST,
  customers: WITH_CUSTOMERS,
  hourly: HOURLY,
  tableDropped: { ...HOURLY, "customers.py": customersBy("DROP TABLE customers", "CALL load_customers()") },
  viewDropped: {
    ...HOURLY,
    "customers.py": customersBy("DROP VIEW IF EXISTS old_customers", "CALL load_customers()"),
    "refunds.py": dag("refunds", { schedule: "@daily", statements: ["CALL load_refunds()"] }),
  },
} as const satisfies Readonly<Record<string, DagFiles>>;

const BLOCK = 512;

/** As `astro deploy --dags` packs them. */
export function packDags(files: DagFiles): Buffer {
  const members = Object.entries(files).flatMap(([path, text]) => {
    const content = Buffer.from(text);
    const header = Buffer.alloc(BLOCK);
    new Header({ path: `dags/${path}`, mode: 0o644, size: content.length, type: "File" }).encode(header);
    return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return gzipSync(Buffer.concat([...members, Buffer.alloc(2 * BLOCK)]));
}
