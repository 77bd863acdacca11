export {
  checkProfileName,
  listProfiles,
  loadProfile,
  profilesFolder,
  removeProfile,
  renameProfile,
  saveProfile,
} from './folder.ts';
export type { ListedProfile } from './folder.ts';
export { restoreSettings, setEach } from './restore.ts';
export type { NotRestored, Restored, RestoreOptions } from './restore.ts';
export { modelBytes, modelLines } from './secondary-model.ts';
export { backUp, storeWithBackup } from './store.ts';
