export const sources = new Map<string, string>();
