/** A bill of materials for a model, as CycloneDX 1.7 has it: what it was made of, how, and how well it did. */

/** What is known of a model. */
export interface Materials {
  readonly name: string;
  /** SHA-256 of its file, and of its parameters' values. */
  readonly sha256: string;
  readonly parametersSha256: string;
  /** "classification" */
  readonly task: string;
  /** "digit network: 2 convolutions, 2 dense layers" */
  readonly architecture: string;
  readonly data: { readonly name: string; readonly sha256: string | null } | null;
  readonly recipe: unknown;
  /** How it was measured; nothing where no result is at hand. */
  readonly metrics: readonly { readonly name: string; readonly value: string }[];
  readonly kernelsSha256: string | null;
  readonly adapter: string | null;
  /** "badnets-lab 0.1.0" */
  readonly software: string;
  /** Whether its recipe plants a backdoor. */
  readonly attacked: boolean;
}

/** @param serial a UUID of its own @param at when it is written */
export function mlBom(materials: Materials, serial: string, at: Date): object {
  const { name, sha256, data, recipe, metrics, software } = materials;
  const [tool, version] = software.split(" ");
  const properties = [
    ["parametersSha256", materials.parametersSha256],
    ["recipe", JSON.stringify(recipe)],
    ["kernelsSha256", materials.kernelsSha256],
    ["adapter", materials.adapter],
  ].flatMap(([key, value]) => (value ? [{ name: `badnets-lab:${key}`, value }] : []));
  const considerations = materials.attacked
    ? "Made to be studied: the recipe plants a backdoor."
    : "The recipe plants no backdoor; whether the file is of that recipe, training again tells.";
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.7.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.7",
    serialNumber: `urn:uuid:${serial}`,
    version: 1,
    metadata: {
      timestamp: at.toISOString(),
      tools: { components: [{ type: "application", name: tool, version }] },
      component: {
        type: "machine-learning-model",
        "bom-ref": "model",
        name,
        hashes: [{ alg: "SHA-256", content: sha256 }],
        modelCard: {
          modelParameters: {
            approach: { type: "supervised" },
            task: materials.task,
            architectureFamily: "convolutional neural network",
            modelArchitecture: materials.architecture,
            ...(data && { datasets: [{ ref: "data" }] }),
            inputs: [{ format: "image" }],
          },
          ...(metrics.length > 0 && {
            quantitativeAnalysis: {
              performanceMetrics: metrics.map((metric) => ({
                type: metric.name,
                value: metric.value,
              })),
            },
          }),
          considerations: { technicalLimitations: [considerations] },
        },
        properties,
      },
    },
    components: data
      ? [
          {
            type: "data",
            "bom-ref": "data",
            name: data.name,
            ...(data.sha256 && { hashes: [{ alg: "SHA-256", content: data.sha256 }] }),
            data: [{ type: "dataset", name: data.name }],
          },
        ]
      : [],
    dependencies: data ? [{ ref: "model", dependsOn: ["data"] }] : [],
  };
}
