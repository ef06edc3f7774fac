import type { PresetFolder } from '../../../../src/host/steering/presetAccess.ts';

/** A folder made up here; `changes` let it fail as disks do. */
export function folderInMemory(
  files: Map<string, Uint8Array>,
  changes: Partial<PresetFolder> = {},
): PresetFolder {
  const get = (name: string): Uint8Array => files.get(name) ?? new Uint8Array(0);
  return {
    ...{ path: 'project/.monosem/steering', isTrusted: true },
    list: () => Promise.resolve([...files.keys()]),
    size: (name) => Promise.resolve(get(name).length),
    read: (name) => Promise.resolve(get(name)),
    write: (name, bytes) => Promise.resolve(void files.set(name, bytes)),
    remove: (name) => Promise.resolve(void files.delete(name)),
    pathOf: (name) => `/project/.monosem/steering/${name}`,
    ...changes,
  };
}
