/** The price of a mask's L1 norm as a list of looks: what Wang et al.'s program does, as a plain loop. */

export type Rules = {
  every: number;
  reached: number;
  patience: number;
  firstCost: number;
  up: number;
  down: number;
};

/**
 * One group's way through its steps.
 * @param steps share of images that went as wished, and L1 norm of the mask, step by step
 * @returns after each step the cost, and which step's mask is kept (null: none)
 */
export function schedule(rules: Rules, steps: readonly { share: number; norm: number }[]) {
  let cost = 0;
  let kept: number | null = null;
  let run: boolean[] = [];
  return steps.map(({ norm }, i) => {
    if ((i + 1) % rules.every !== 0) return { cost, kept };
    const window = steps.slice(i + 1 - rules.every, i + 1);
    const reached =
      window.reduce((sum, { share }) => sum + share, 0) / rules.every >= rules.reached;
    run = run.at(-1) === reached ? [...run, reached] : [reached];
    if (run.length % rules.patience === 0) {
      if (!reached) cost /= rules.down;
      else cost = cost === 0 ? rules.firstCost : cost * rules.up;
    }
    const trusted = reached && run.length >= rules.patience;
    if (trusted && (kept === null || norm < steps[kept].norm)) kept = i;
    return { cost, kept };
  });
}
