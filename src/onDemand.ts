// What runs only when somebody asks for it: the functions behind commands that are no part of a surface. It is loaded with
// the first of them, so that a window opens without it.
export {
  closeComparison,
  compareFeatures,
  compareWithHead,
  showChange,
} from './providers/comparison/compareFeatures.ts';
export { showAblationMap } from './providers/decorations/ablationMap.ts';
export { nextOccurrence, previousOccurrence } from './providers/decorations/occurrences.ts';
export { changeView } from './providers/decorations/viewPicker.ts';
export {
  chooseTargetToken,
  explainNextToken,
  orderEffects,
  refreshExplanation,
} from './providers/explanation/explainNextToken.ts';
export { pickFeature } from './providers/featureQuickPick.ts';
export { searchFeatures } from './providers/featureSearch.ts';
export { openModelFolder } from './providers/folderPicker.ts';
export { addModel } from './providers/hub/addModel.ts';
export { addSae } from './providers/hub/addSae.ts';
export { removeDownload } from './providers/hub/removeDownload.ts';
export { setHubToken } from './providers/hub/setHubToken.ts';
export { chooseSaes, showFeaturesOf } from './providers/saePicker.ts';
export { openSample, showSampleHover } from './providers/sampleStory.ts';
export { copySteeringCommand } from './providers/steering/copyCommand.ts';
export { exportSteeringRun } from './providers/steering/exportRun.ts';
export { loadSteeringPreset } from './providers/steering/loadPreset.ts';
export { saveSteeringPreset } from './providers/steering/savePreset.ts';
export { boostFeatureHere } from './providers/tokens/boostFeature.ts';
export { findSimilarTokens } from './providers/tokens/similarTokens.ts';
export {
  copyFeatureLink,
  hideFeature,
  pinFeature,
  showFeatureInText,
  unpinFeature,
} from './providers/trees/featureActions.ts';
export {
  computeLosses,
  filterFeatures,
  rankFeatures,
} from './providers/trees/featureListQuestions.ts';
export { goToToken } from './providers/trees/goToToken.ts';
export {
  leaveOutSae,
  openListedModel,
  removeListedDownload,
  revealFolder,
  useSae,
} from './providers/trees/modelActions.ts';
