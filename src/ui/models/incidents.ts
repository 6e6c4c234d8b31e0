/** What has happened to those who took models and tools from others, in our own words, with sources. */

export interface Incident {
  readonly when: string;
  readonly what: string;
  readonly source: string;
  readonly url: string;
}

export const incidents: readonly Incident[] = [
  {
    when: "2017",
    what:
      "The authors of the BadNets paper read the Caffe Model Zoo: 22 of the models it linked had no digest at all, and the " +
      "one published for Network in Network was not that of the file, which 49 stars and 24 comments had not noticed.",
    source: "Gu, Liu, Dolan-Gavitt and Garg, IEEE Access 7 (2019), section 4",
    url: "https://doi.org/10.1109/ACCESS.2019.2909068",
  },
  {
    when: "February 2024",
    what:
      "About a hundred models on Hugging Face ran code of their own when they were loaded; one opened a shell to a stranger. " +
      "A pickle is a program, not a table of numbers.",
    source: "JFrog Security Research, 27 February 2024",
    url: "https://jfrog.com/blog/data-scientists-targeted-by-malicious-hugging-face-ml-models-with-silent-backdoor/",
  },
  {
    when: "December 2024",
    what:
      "Four releases of the detector package Ultralytics (8.3.41, 8.3.42, 8.3.45 and 8.3.46) mined coins on the machines that " +
      "installed them. The first two came out of the project’s own build, whose cache had been poisoned, and were properly " +
      "attested: by a builder who had been deceived.",
    source: "The Python Package Index’s analysis, 11 December 2024",
    url: "https://blog.pypi.org/posts/2024-12-11-ultralytics-attack-analysis/",
  },
  {
    when: "February 2025",
    what:
      "Two models on Hugging Face were pickles broken behind their payload and packed as 7z: the hub’s scanner gave up before " +
      "it saw anything, and the loader ran what came first.",
    source: "ReversingLabs (“nullifAI”), 6 February 2025",
    url: "https://www.reversinglabs.com/blog/rl-identifies-malware-ml-model-hosted-on-hugging-face",
  },
  {
    when: "September 2025",
    what:
      "Names of authors who had left a hub could be registered again by anybody. Catalogues and programs that fetch a model " +
      "by its name took the newcomer’s in place of the old one; the researchers got a shell at two large clouds this way.",
    source: "Palo Alto Networks, Unit 42 (“Model Namespace Reuse”), 3 September 2025",
    url: "https://unit42.paloaltonetworks.com/model-namespace-reuse/",
  },
];
