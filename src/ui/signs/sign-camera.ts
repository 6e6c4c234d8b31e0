/** The camera: a frame at a time goes to the detector, and is shown with its boxes. */
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Picture } from "../../data/picture.ts";
import { UserError } from "../../errors.ts";
import type { PictureView } from "../../studies/signs/port.ts";
import "./sign-picture.ts";
import { base, controls } from "../elements/styles.ts";

/** Pixels of a frame's row: more than the detector reads. */
const WIDTH = 640;
/** Times that it is opened: the browser gives up after ten seconds, which a busy machine can need. */
const TRIES = 3;

const reasons: Readonly<Record<string, string>> = {
  NotAllowedError: "The browser did not allow the camera: allow it for this page, then try again.",
  NotFoundError: "There is no camera at this machine: drop a photograph instead.",
  NotReadableError: "The camera is in use by another program: close that, then try again.",
  AbortError:
    "The camera did not start in time: close what keeps this machine busy, then try again.",
};

@customElement("sign-camera")
export class SignCamera extends LitElement {
  @property({ attribute: false }) see: ((picture: Picture) => Promise<PictureView>) | null = null;
  @property({ attribute: false }) classes: readonly string[] = [];
  @property({ type: Number }) least = 0.5;
  @state() private stream: MediaStream | null = null;
  @state() private view: PictureView | null = null;
  @state() private problem = "";
  /** Readings a second, as far as they are known. */
  @state() private perSecond: number | null = null;
  /** The browser asks whether it may, or the camera starts. */
  @state() private starting = false;
  @query("video") private video!: HTMLVideoElement | null;

  static override styles = [
    base,
    controls,
    css`
      video {
        display: none;
      }
      a {
        margin-left: 10px;
        font-size: 13px;
        color: inherit;
      }
      p {
        font-size: 13px;
        margin-top: 6px;
      }
      .problem {
        color: var(--attack);
      }
      sign-picture {
        margin-top: 8px;
        max-width: 720px;
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  override render() {
    const { stream, view, starting } = this;
    const waits = starting
      ? "The camera starts…"
      : stream && !view
        ? "Its first picture comes…"
        : "";
    return html`
      <button
        aria-pressed=${stream !== null}
        ?disabled=${starting}
        @click=${() => (stream ? this.stop() : this.start())}
      >
        ${stream ? "Switch the camera off" : "Use the camera"}
      </button>
      <a href="sheet.svg" target="_blank" rel="noopener"
        >A stop sign and the stickers, to print and hold up</a
      >
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${waits ? html`<p role="status">${waits}</p>` : nothing}
      ${stream ? html`<video autoplay muted playsinline .srcObject=${stream}></video>` : nothing}
      ${
        view
          ? html`<sign-picture
              .view=${view}
              .classes=${this.classes}
              .least=${this.least}
              heading=${
                this.perSecond === null
                  ? "Camera"
                  : `Camera, ${this.perSecond.toFixed(1)} readings a second`
              }
            ></sign-picture>`
          : nothing
      }
    `;
  }

  private async start(): Promise<void> {
    this.problem = "";
    this.starting = true;
    try {
      this.stream = await openCamera();
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      this.problem = reasons[name] ?? `The camera could not be opened: ${String(error)}`;
      return;
    } finally {
      this.starting = false;
    }
    // The reader may have gone elsewhere while the browser asked.
    if (this.isConnected) void this.watch(this.stream);
    else this.stop();
  }

  private stop(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.view = null;
    this.perSecond = null;
  }

  /** One frame after the other, for as long as this stream is on. */
  private async watch(stream: MediaStream): Promise<void> {
    let last: number | null = null;
    while (this.stream === stream) {
      const { video } = this;
      if (video && video.videoWidth > 0 && this.see) {
        try {
          const view = await this.see(frameOf(video));
          if (this.stream !== stream) return;
          this.view = view;
          // From one reading to the next: frames that come meanwhile are not read.
          const now = performance.now();
          if (last !== null) this.perSecond = 1000 / (now - last);
          last = now;
        } catch (error) {
          this.problem = error instanceof Error ? error.message : String(error);
          this.stop();
          return;
        }
      }
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }
}

async function openCamera(): Promise<MediaStream> {
  for (let tries = 1; ; tries++) {
    try {
      return await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment", width: { ideal: WIDTH } },
      });
    } catch (error) {
      const late = error instanceof DOMException && error.name === "AbortError";
      if (!late || tries === TRIES) throw error;
    }
  }
}

/** What the camera sees now, at most as large as what it was asked for. */
function frameOf(video: HTMLVideoElement): Picture {
  const scale = Math.min(1, WIDTH / video.videoWidth);
  const width = Math.round(video.videoWidth * scale);
  const height = Math.round(video.videoHeight * scale);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new UserError("The browser gave no canvas to read the camera with.");
  context.drawImage(video, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, data: new Uint8Array(data.buffer) };
}

declare global {
  interface HTMLElementTagNameMap {
    "sign-camera": SignCamera;
  }
}
