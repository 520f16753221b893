import { ArchiveRefused, shown } from "./archive-refused";

/**
 * Whether an entry of an upload is only what macOS adds: attributes of a file in a file of their own (AppleDouble), the
 * folder that its zip tool keeps those in, and what the Finder knows about a folder.
 */
export function isLeftOut(name: string): boolean {
  const steps = name.split("/");
  if (steps.includes("..")) return false;
  return steps.some((step) => step.startsWith("._") || step === "__MACOSX" || step === ".DS_Store");
}

const WINDOWS_NAME = /^(?:\.\\)?dags\\|^[a-z]:[\\/]/i;

/**
 * A backslash may stand in the name of a file on Linux. Refused is what can only be a path of Windows, since it would
 * become one file of that name.
 * @throws ArchiveRefused
 */
export function refuseWindowsName(name: string): void {
  if (WINDOWS_NAME.test(name))
    throw new ArchiveRefused(
      "UNSAFE_PATH",
      `${shown(name)} is a path of Windows; pack with the tar command, which writes it with slashes`,
    );
}
