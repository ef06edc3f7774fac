// The version of the engine and of the extension around it: they are one package. A test holds it against
// package.json.

export const version = '0.1.0';
