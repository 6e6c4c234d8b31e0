/** The detector's four losses, in the order in which they are kept; apart from the kernels, for those who only name them. */
export const lossNames = ["proposal class", "proposal box", "region class", "region box"] as const;
