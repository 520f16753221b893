const NAME = /^installation-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The name of an installation's mark, be it a file or an object. */
export const markName = (installationId: string): string => `installation-${installationId}`;

/** The installation whose mark has that name; null where it is no mark. */
export const markedBy = (name: string): string | null => NAME.exec(name)?.[1] ?? null;
