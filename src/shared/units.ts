// Numbers that are easy to confuse get a type each, so that the compiler refuses a token where a character is
// wanted. A plain number becomes one of these only through the named functions below.
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Position among the tokens of a document's text, 0 = first token of the text; a BOS in front is not counted. */
export type TokenIndex = Unit<'token'>;
/** UTF-16 code units from the start of the document: what `TextDocument.positionAt` takes. */
export type CharOffset = Unit<'utf16'>;
/** Row of `W_dec`, column of `W_enc`. */
export type FeatureIndex = Unit<'feature'>;
/** Row of the embedding matrix. */
export type TokenId = Unit<'tokenId'>;

export const tokenIndex = (n: number): TokenIndex => n as TokenIndex;
export const charOffset = (n: number): CharOffset => n as CharOffset;
export const featureIndex = (n: number): FeatureIndex => n as FeatureIndex;
export const tokenId = (n: number): TokenId => n as TokenId;
