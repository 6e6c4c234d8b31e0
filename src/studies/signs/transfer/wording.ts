/** What reports and the page say alike of the transfer section. */

/** How all of its detectors are trained. */
export const trainingInWords = (iterations: number): string =>
  "Every detector takes over the convolutions of a U.S. detector, the honest one or the random-target BadNet; proposal " +
  `network and head are learned anew for ${iterations.toLocaleString("en")} steps on European signs. Convolutions that ` +
  "stay as they are have no backward pass.";

/** What is measured. */
export const measuresInWords =
  "Accuracy in %: signs whose best box says their own class, without and with the U.S. BadNet's sticker anywhere from 0.15 " +
  "to 0.85 of the box on signs of all classes. The European signs never wore it in training.";
