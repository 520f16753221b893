/**
 * Modes of what the service writes for other programs: they read it as members of the folder's group. `chmod g+s` on the
 * data folder, or a volume's `fsGroup`, hands the group down.
 */
export const FOLDER_MODE = 0o750;
export const FILE_MODE = 0o640;
