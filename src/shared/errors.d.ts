export declare const errorCodes: readonly ["fileMissing", "fileUnreadable", "fileDamaged", "notText", "tooLarge", "emptyText", "notADecoder", "unsupportedModel", "unsupportedSae", "badShape", "saeDoesNotFit", "noSae", "unknownSite", "unknownFeature", "noFeatureStore", "badEdit", "badArgument", "tooManyTokens", "runtimeFailed", "providerMissing", "engineStopped", "protocolMismatch", "cancelled", "diskFull", "hubUnreachable", "hubDenied", "hubMissing", "hubFailed", "internal"];
export type ErrorCode = (typeof errorCodes)[number];
export declare function isErrorCode(value: unknown): value is ErrorCode;
export declare class MonosemError extends Error {
    readonly code: ErrorCode;
    /** @param message one sentence: what happened, where, what to do next */
    constructor(code: ErrorCode, message: string, options?: {
        readonly cause?: unknown;
    });
    static is(error: unknown, code?: ErrorCode): error is MonosemError;
}
/** The text of whatever was thrown. */
export declare function messageOf(error: unknown): string;
