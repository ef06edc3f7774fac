// What somebody can do after a failure, by its code. Without VS Code, so that it can be tested alone.
import type { CommandName } from '../../shared/contributions.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';

const otherFiles: readonly ErrorCode[] = [
  'fileMissing',
  'fileUnreadable',
  'fileDamaged',
  'badShape',
];
const otherModel: readonly ErrorCode[] = ['notADecoder', 'unsupportedModel'];
const otherSae: readonly ErrorCode[] = ['unsupportedSae', 'saeDoesNotFit', 'noSae', 'unknownSite'];
const freshEngine: readonly ErrorCode[] = ['engineStopped', 'protocolMismatch', 'internal'];

const actions: readonly (readonly [
  codes: readonly ErrorCode[],
  actions: readonly CommandName[],
])[] = [
  [otherFiles, ['openSettings', 'openModelFolder', 'showLog']],
  [otherModel, ['openModelFolder', 'addModel', 'showDiagnostics']],
  [otherSae, ['chooseSaes', 'addSae', 'openModelFolder']],
  [freshEngine, ['restartEngine', 'showLog']],
  [['runtimeFailed'], ['restartEngine', 'showDiagnostics', 'showLog']],
  [['providerMissing'], ['showDiagnostics', 'openSettings']],
  [['unknownFeature'], ['openFeature']],
  [['tooLarge'], ['openSettings']],
  [['hubDenied'], ['setHubToken', 'openSettings']],
  [
    ['hubUnreachable', 'hubMissing', 'hubFailed'],
    ['openSettings', 'showLog'],
  ],
  [['diskFull'], ['removeDownload', 'openSettings']],
];

/** Commands to offer, the most helpful one first; never none. */
export function actionsAfter(error: unknown): readonly CommandName[] {
  const code = MonosemError.is(error) ? error.code : 'internal';
  return actions.find(([codes]) => codes.includes(code))?.[1] ?? ['showLog'];
}
