/** One colour for each pass of the training step, wherever kernels are drawn; names stand beside them. */
import { css } from "lit";

export const passColours = css`
  .pass-batch {
    --pass: light-dark(#7a6a3a, #cbb676);
  }
  .pass-forward {
    --pass: var(--clean);
  }
  .pass-loss {
    --pass: light-dark(#7a3b8f, #d9a1ea);
  }
  .pass-backward {
    --pass: var(--attack);
  }
  .pass-update {
    --pass: light-dark(#3d6b35, #9fd18f);
  }
`;
