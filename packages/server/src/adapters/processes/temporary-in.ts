/** Variables by which programs of all systems find the folder of temporary files. */
export function temporaryIn(folder: string): Record<string, string> {
  return { TMPDIR: folder, TEMP: folder, TMP: folder };
}
