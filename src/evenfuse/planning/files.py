"""Where the workflow keeps things: patterns with the names of Snakemake's wildcards."""

SPLITS = ("train", "valid", "test")
ARM = "{dataset}_{optimizer}_{variant}"
RUN = f"results/runs/{ARM}/seed-{{seed}}"
POINT = f"results/tuning/{ARM}/{{point}}/seed-{{seed}}"
MISSING = f"results/missing/{ARM}.json"
CHOICE = f"results/tuning/{ARM}.json"
RAW = "data/raw/{dataset}/{file}"
STORE = "data/downloads/{origin}"
FAILED = ".{file}.failed"  # in the store: no address has given the file
CACHE = "data/cache/{dataset}/{split}.h5"
GENERATED = "data/generated/{dataset}/{file}"
VOCABULARY = "data/vocabulary/{dataset}"
ENCODER = "data/encoders/{encoder}"
DIGESTS = ".snakemake/evenfuse_digests.json"  # may be lost: it spares reading large files again
