/** Characters that make a token of code or English, about, in the common vocabularies. */
const CHARACTERS_PER_TOKEN = 3.5

/** Tokens that so many characters come to, where nobody has counted them. */
export const estimateTokens = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN)
