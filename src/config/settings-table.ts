import { allSettings, type NamedSetting } from "./settings";

/** The reference of all settings as a Markdown table, for docs/configuration.md. */
export function settingsTable(): string {
  const head = ["| setting | default | values.yaml | environment | |", "| --- | --- | --- | --- | --- |"];
  return [...head, ...allSettings.map(row)].join("\n");
}

function row({ path, setting }: NamedSetting): string {
  const cells = [
    code(path),
    defaults(setting),
    setting.values.map(code).join("<br>"),
    setting.env.map(code).join("<br>"),
  ];
  return `| ${[...cells, setting.description].join(" | ")} |`;
}

function defaults(setting: NamedSetting["setting"]): string {
  if (setting.default === undefined) return "";
  const always = code(JSON.stringify(setting.default));
  if (setting.embeddedDefault === setting.default) return always;
  return `${always}; embedded ${code(JSON.stringify(setting.embeddedDefault))}`;
}

const code = (text: string): string => `\`${text}\``;
