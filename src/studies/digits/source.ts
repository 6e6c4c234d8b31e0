/** The digits in the worker: MNIST, or idx files of the reader's, on the device before a run needs them. */
import { fetchMnist, type DownloadProgress } from "../../data/fetch-mnist.ts";
import { readDigitData, type DigitData, type NamedBytes } from "../../data/digits.ts";
import { UserError } from "../../errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { uploadImages } from "../../layers/batch.ts";
import { DIGIT_SIZE } from "../../models/digit-net.ts";
import type { StudyHost, StudySource } from "../study.ts";
import type { Reproducers } from "../reproduction/questions.ts";
import { Reproducer } from "../reproduction/reproducer.ts";
import { reproducibleDigits } from "./paper/reproducible.ts";
import type { DigitDataView } from "./port.ts";

export class DigitSource implements StudySource<DigitDataView> {
  readonly loading = null;
  /** Runs the tables and figures of the paper. */
  readonly reproducers: Reproducers;
  private data: DigitData | null = null;
  private fetching: Promise<void> | null = null;
  private download: DownloadProgress | null = null;
  /** What the training set lies on the device for, besides runs. */
  private uploaded: Gpu | null = null;

  constructor(private readonly host: StudyHost) {
    const study = reproducibleDigits(async () => await this.arrived());
    this.reproducers = { digits: new Reproducer(host, study) };
  }

  /** Fetches MNIST; runs that are started meanwhile wait for it. */
  async load(): Promise<void> {
    this.fetching = this.fetch().finally(() => {
      this.download = null;
      this.fetching = null;
      this.host.changed();
    });
    await this.fetching;
  }

  private async fetch(): Promise<void> {
    const data = await fetchMnist(this.host.base, (progress) => {
      this.download = progress;
      this.host.changed();
    });
    // Data of the reader's own may have come first, and stays.
    if (!this.data) this.use(data);
  }

  /** Replaces the data by four idx files. When they are not in order, everything stays as it was. */
  async open(files: readonly NamedBytes[]): Promise<void> {
    this.host.assertIdle("drop the files again");
    const data = await readDigitData(files);
    this.host.assertIdle("drop the files again");
    this.use(data);
  }

  /** @throws UserError while there are none */
  digits(): DigitData {
    if (!this.data) throw new UserError("There is no data to train on: drop four idx files first.");
    return this.data;
  }

  /** The digits, once they are there; a download that failed is tried once more. */
  async arrived(): Promise<DigitData> {
    if (!this.data) await (this.fetching ?? this.load());
    return this.digits();
  }

  get ready(): boolean {
    return this.data !== null;
  }

  view(): DigitDataView {
    const { data, download } = this;
    return {
      set: data && { name: data.name, train: data.train.count, test: data.test.count },
      download,
    };
  }

  private use(data: DigitData): void {
    this.data = data;
    void this.upload(data);
    this.host.renew();
  }

  /** Puts the training set on the device at once, so that no run's first step has to wait for it. */
  private async upload({ train }: DigitData): Promise<void> {
    this.uploaded?.destroy();
    this.uploaded = null;
    // What is wrong with the device, or with its memory, shows when a run is started, which tries again.
    const scope = await this.host.scope().catch(() => null);
    if (!scope) return;
    const upload = () => Promise.resolve(uploadImages(scope, "train", train, DIGIT_SIZE));
    const there = await scope.withinMemory("The training set", upload).catch(() => null);
    if (there && this.data?.train === train) this.uploaded = scope;
    else scope.destroy();
  }
}
