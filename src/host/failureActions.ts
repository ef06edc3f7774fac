// What somebody can do after a failure, by its code. Without VS Code, so that it can be tested alone.
import type { CommandName } from '../shared/contributions.ts';
import { MonosemError } from '../shared/errors.ts';
import type { ErrorCode } from '../shared/errors.ts';

const otherFiles: readonly ErrorCode[] = [
  'fileMissing',
  'fileUnreadable',
  'fileDamaged',
  'notADecoder',
  'unsupportedModel',
  'unsupportedSae',
  'badShape',
  'saeDoesNotFit',
  'unknownSite',
];
const freshEngine: readonly ErrorCode[] = [
  'engineStopped',
  'protocolMismatch',
  'runtimeFailed',
  'internal',
];

/** Commands to offer, the most helpful one first; never none. */
export function actionsAfter(error: unknown): readonly CommandName[] {
  const code = MonosemError.is(error) ? error.code : 'internal';
  if (otherFiles.includes(code)) return ['openSettings', 'showLog'];
  if (freshEngine.includes(code)) return ['restartEngine', 'showLog'];
  if (code === 'unknownFeature') return ['openFeature'];
  if (code === 'tooLarge') return ['openSettings'];
  return ['showLog'];
}
