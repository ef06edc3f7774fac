// The model and SAE that come with the extension, relative to its folder, with forward slashes.

export const defaultModelFolder = 'models/stories15M';
export const defaultSaeFolder = 'models/stories15M/saes/blocks.2.hook_resid_post';
