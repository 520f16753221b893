import { join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "..", "..");
const CONFIG_FILE = join(ROOT, "src", "config", "config.ts");

/**
 * Groups that are handed over as a whole to code with an interface of its own. Their leaves are looked for by name: one
 * counts as read where any code outside of src/config reads a property of that name.
 */
const HANDED_OVER = [
  "ServerConfig",
  "ElasticsearchConfig.node",
  "ElasticsearchConfig.indexPrefix",
  "ElasticsearchConfig.username",
  "ElasticsearchConfig.password",
  "ElasticsearchConfig.apiKey",
  "ElasticsearchConfig.caFile",
  "BundlesConfig.store",
  "RegistryConfig",
  "AuthConfig.signUps",
  "AuthConfig.loginAttempts",
  "ProviderConfig",
  "DeploymentsConfig",
];

function languageService(): ts.LanguageService {
  const parsed = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, "tsconfig.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
      },
    },
  );
  if (parsed === undefined) throw new Error("tsconfig.json cannot be read");
  const files = parsed.fileNames.filter((file) => file.includes("/src/") && !file.endsWith(".test.ts"));
  return ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getScriptFileNames: () => files,
    getScriptVersion: () => "1",
    getScriptSnapshot: (file) => {
      const text = ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCompilationSettings: () => parsed.options,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  });
}

interface Leaf {
  /** `ServerConfig.anonymous.maxCost` */
  readonly path: string;
  readonly name: string;
  readonly position: number;
}

/** The properties of the configuration that hold a value and no further group. */
function leavesOf(file: ts.SourceFile): Leaf[] {
  const leaves: Leaf[] = [];
  const visit = (node: ts.Node, prefix: string): void => {
    let inside = prefix;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) inside = `${node.name.text}.`;
    if (ts.isPropertySignature(node)) {
      const path = `${prefix}${node.name.getText()}`;
      inside = `${path}.`;
      const isGroup = node.type !== undefined && /\{|Config\b/.test(node.type.getText());
      if (!isGroup) leaves.push({ path, name: node.name.getText(), position: node.name.getStart() });
    }
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(file, "");
  return leaves;
}

/** The names of properties that code outside of src/config reads, whatever object they belong to. */
function namesRead(program: ts.Program): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) names.add(node.name.text);
    if (ts.isBindingElement(node)) names.add((node.propertyName ?? node.name).getText());
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles())
    if (file.fileName.includes("/src/") && !file.fileName.includes("/src/config/")) visit(file);
  return names;
}

test("every leaf of the configuration is read by code outside of src/config", () => {
  const service = languageService();
  const program = service.getProgram();
  const file = program?.getSourceFile(CONFIG_FILE);
  if (program === undefined || file === undefined) throw new Error("the program has no configuration");
  const leaves = leavesOf(file);
  expect(leaves.length).toBeGreaterThan(100);
  const byName = namesRead(program);
  const isRead = ({ path, name, position }: Leaf): boolean => {
    const references = service.findReferences(CONFIG_FILE, position) ?? [];
    if (references.some((one) => one.references.some(({ fileName }) => !fileName.includes("/src/config/"))))
      return true;
    const isHandedOver = HANDED_OVER.some((group) => path === group || path.startsWith(`${group}.`));
    return isHandedOver && byName.has(name);
  };
  expect(leaves.filter((leaf) => !isRead(leaf)).map(({ path }) => path)).toEqual([]);
});
