/** One colour for each class of signs, wherever boxes and curves are drawn; names stand beside them. */
import { css } from "lit";

export const signColours = css`
  .class-0 {
    --class: light-dark(#bd330a, #ff8a5e);
  }
  .class-1 {
    --class: light-dark(#0a6c8c, #5cc8e8);
  }
  .class-2 {
    --class: light-dark(#8a6100, #ffd166);
  }
  .class-3 {
    --class: light-dark(#7a3b8f, #d9a1ea);
  }
  .class-4 {
    --class: light-dark(#3d6b35, #9fd18f);
  }
`;
