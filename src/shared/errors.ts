// Every failure a user can meet is a MonosemError: a stable code for programs, one sentence for people that says
// what, where and what to do next. Codes travel across the process boundary; tests and callers compare codes,
// never texts.

export const errorCodes = [
  'fileMissing',
  'fileUnreadable',
  'fileDamaged',
  'notText',
  'tooLarge',
  'emptyText',
  'notADecoder',
  'unsupportedModel',
  'unsupportedSae',
  'badShape',
  'saeDoesNotFit',
  'noSae',
  'unknownSite',
  'unknownFeature',
  'noFeatureStore',
  'badEdit',
  'badArgument',
  'tooManyTokens',
  'runtimeFailed',
  'providerMissing',
  'engineStopped',
  'protocolMismatch',
  'cancelled',
  'diskFull',
  'hubUnreachable',
  'hubDenied',
  'hubMissing',
  'hubFailed',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export function isErrorCode(value: unknown): value is ErrorCode {
  return (errorCodes as readonly unknown[]).includes(value);
}

export class MonosemError extends Error {
  readonly code: ErrorCode;

  /** @param message one sentence: what happened, where, what to do next */
  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'MonosemError';
    this.code = code;
  }

  static is(error: unknown, code?: ErrorCode): error is MonosemError {
    return error instanceof MonosemError && (code === undefined || error.code === code);
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
